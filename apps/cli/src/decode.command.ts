import { parseSubject, SUBJECTS } from '@app/broker';
import { defineSettings, loadSettings } from '@app/settings';
import { toJson, WireError } from '@app/wire';
import { CliError } from './cli.errors.js';

const decodeSettings = defineSettings({
  encoding: {
    type: 'choice',
    choices: ['binary', 'base64', 'hex'],
    default: 'binary',
    help: 'How the payload on the standard input is written.',
  },
  reply: { type: 'boolean', default: false, help: 'The payload is the answer to a request on the subject.' },
  pretty: { type: 'boolean', default: false, help: 'Spread the JSON over several lines.' },
});

/** Bytes of one payload. */
const PAYLOAD_BYTES_MAX = 1_048_576;

/**
 * JSON of a payload. No broker is needed: the subject tells which message it is.
 *
 * @param args   the subject, then flags
 * @param input  the payload, for example the standard input
 */
export async function decode(args: readonly string[], input: AsyncIterable<Buffer>): Promise<string> {
  const [subject, ...flags] = args;
  if (!subject || subject.startsWith('--')) throw new CliError('cli-usage', 'Which subject? vicinity decode <subject>');
  const { encoding, reply, pretty } = loadSettings(decodeSettings, { flags, variables: {} });
  const row = parseSubject(subject);
  if (!row) throw new CliError('cli-usage', `${subject} is no subject of Vicinity; docs/subjects.md lists them.`);
  const { message, reply: answer } = SUBJECTS[row.name] as { message: string; reply?: string };
  if (reply && !answer) throw new CliError('cli-usage', `Nothing is answered on ${subject}.`);
  const bytes = toBytes(await readAll(input), encoding);
  try {
    const json = toJson(reply && answer ? answer : message, bytes);
    return JSON.stringify(json, null, pretty ? 2 : undefined);
  } catch (cause) {
    if (cause instanceof WireError) throw new CliError('cli-unreadable', cause.message, { cause });
    throw cause;
  }
}

async function readAll(input: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of input) {
    sizeBytes += chunk.length;
    // Text takes up to twice the bytes that it stands for.
    if (sizeBytes > 2 * PAYLOAD_BYTES_MAX) throw new CliError('cli-unreadable', 'The payload is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toBytes(data: Buffer, encoding: string): Uint8Array {
  if (encoding === 'binary') return data;
  const text = data.toString('latin1').replace(/\s+/g, '');
  const pattern = encoding === 'hex' ? /^([0-9a-fA-F]{2})*$/ : /^[A-Za-z0-9+/_-]*={0,2}$/;
  if (!pattern.test(text)) throw new CliError('cli-unreadable', `The payload is no ${encoding}.`);
  return Buffer.from(text, encoding as BufferEncoding);
}
