// node-hl7-client as a laboratory's sender: one connection, a message after the answer to the one before.
import { Client, Message } from 'node-hl7-client';

const LONGEST_WAIT_MS = 20_000;

export async function sendAll({ port, messages }) {
  const client = new Client({ host: '127.0.0.1' });
  let answered;
  const line = client.createConnection({ port }, (answer) => answered(answer.getMessage()));
  try {
    const answers = [];
    for (const text of messages) {
      const answer = new Promise((resolve, reject) => {
        answered = resolve;
        setTimeout(() => reject(new Error('no answer')), LONGEST_WAIT_MS).unref();
      });
      await line.sendMessage(new Message({ text }));
      answers.push(told(await answer));
    }
    return answers;
  } finally {
    await line.close();
  }
}

function told(answer) {
  const field = (path) => answer.get(path).toString();
  return { code: field('MSA.1'), control: field('MSA.2'), from: field('MSH.3'), to: field('MSH.5') };
}
