import { randomBytes } from 'node:crypto';
import { type Broker, BrokerError } from '@app/broker';

const BUCKET = 'vicinity-secrets';
const KEY_BYTES = 32;

/**
 * A key of the whole domain, 32 bytes: made by whoever asks first, read by all others. The create is a compare-and-set, so
 * two processes that start at once agree.
 *
 * @param name  what it is called in the bucket of secrets, for example `upload-ticket-key`
 */
export async function obtainSecretKey(broker: Broker, name: string): Promise<Uint8Array> {
  const secrets = await broker.keyValue(BUCKET);
  const known = await secrets.get(name);
  if (known) return checked(name, known.value);
  const fresh = randomBytes(KEY_BYTES);
  try {
    await secrets.create(name, fresh);
    return fresh;
  } catch (error) {
    if (!(error instanceof BrokerError) || error.code !== 'broker-key-exists') throw error;
    const winner = await secrets.get(name);
    if (!winner) throw error;
    return checked(name, winner.value);
  }
}

function checked(name: string, key: Uint8Array): Uint8Array {
  if (key.length < KEY_BYTES) throw new Error(`The key ${name} in the bucket ${BUCKET} is too short.`);
  return Uint8Array.from(key);
}
