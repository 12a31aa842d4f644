// Does what it is told on standard input, as JSON, and prints one line of JSON for each part.
import { readFileSync } from 'node:fs';
import { webcrypto } from 'node:crypto';
import { fhirKit, medplum } from './fhir_clients.mjs';
import { sendAll } from './hl7_sender.mjs';
import { validators } from './validators.mjs';

globalThis.crypto ??= webcrypto; // Node.js 18 has it without the name

const PARTS = {
  fhirKit,
  medplum,
  hl7: sendAll,
  validate: ({ resources }) => resources.map(validators()),
};

async function did(part, told) {
  try {
    return { saw: await PARTS[part](told) };
  } catch (error) {
    return { failed: String(error.stack) };
  }
}

for (const [part, told] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  process.stdout.write(`${JSON.stringify({ part, ...(await did(part, told)) })}\n`);
}
process.exit(0); // connections that the clients keep open do not keep this process
