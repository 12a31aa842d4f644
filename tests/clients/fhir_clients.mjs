// fhir-kit-client and MedplumClient as a laboratory that sends and a hospital that reads.
import { MedplumClient } from '@medplum/core';
import { Client } from 'fhir-kit-client';

// What an answer said: the status, or that of the refusal with its OperationOutcome.
async function said(promise) {
  try {
    const body = await promise;
    return { status: Client.httpFor(body).response.status, body };
  } catch (refused) {
    if (!refused.response) throw refused;
    return { status: refused.response.status, body: refused.response.data };
  }
}

export async function fhirKit({ base, laboratory, patient, observation, corrected, bundle }) {
  const kit = new Client({ baseUrl: base, bearerToken: laboratory });
  const resourceType = 'Observation';
  const name = `identifier=${observation.identifier[0].system}|${observation.identifier[0].value}`;
  const condition = { headers: { 'If-None-Exist': name } };
  const capability = await kit.capabilityStatement();
  const created = await said(kit.create({ resourceType, body: observation, options: condition }));
  const again = await said(kit.create({ resourceType, body: corrected, options: condition }));
  const { id } = created.body;
  const read = await said(kit.read({ resourceType, id }));
  const found = await kit.search({ resourceType, searchParams: { patient, _count: 1 } });
  const following = await kit.nextPage({ bundle: found });
  const put = (tag) => said(kit.update({ resourceType, id, body: corrected, options: { headers: { 'If-Match': tag } } }));
  const stale = await put('W/"7"');
  const updated = await put('W/"1"');
  const first = await said(kit.vread({ resourceType, id, version: '1' }));
  const transaction = await said(kit.transaction({ body: bundle }));
  return { capability, created, again, read, found, following, stale, updated, first, transaction };
}

export async function medplum({ site, laboratory, hospital, patient, observation, changed }) {
  const speaker = (token) => {
    const client = new MedplumClient({ baseUrl: `${site}/`, fhirUrlPath: 'fhir', cacheTime: 0 });
    client.setAccessToken(token);
    return client;
  };
  const sender = speaker(laboratory);
  const reader = speaker(hospital);
  const name = `identifier=${observation.identifier[0].system}|${observation.identifier[0].value}`;
  const created = await sender.createResourceIfNoneExist(observation, name);
  const again = await sender.createResourceIfNoneExist(changed, name);
  const results = await reader.searchResources('Observation', { patient, _sort: '-date' });
  const alert = await reader.searchOne('DetectedIssue', { patient, code: 'confirmed-molecular-relapse' });
  const refused = await sender.readResource('Patient', '999999').catch((error) => error.outcome);
  return { created, again, results: [...results], alert, refused };
}
