import { randomBytes } from 'node:crypto';
import { type Broker, BrokerError } from '@app/broker';

const BUCKET = 'vicinity-secrets';
const KEY = 'resume-token-key';
const KEY_BYTES = 32;

/**
 * The domain's key for resume tokens: made by whichever gateway is first, read by all others. The create is a
 * compare-and-set, so two gateways that start at once agree.
 */
export async function obtainResumeKey(broker: Broker): Promise<Uint8Array> {
  const secrets = await broker.keyValue(BUCKET);
  const known = await secrets.get(KEY);
  if (known) return checked(known.value);
  const fresh = randomBytes(KEY_BYTES);
  try {
    await secrets.create(KEY, fresh);
    return fresh;
  } catch (error) {
    if (!(error instanceof BrokerError) || error.code !== 'broker-key-exists') throw error;
    const winner = await secrets.get(KEY);
    if (!winner) throw error;
    return checked(winner.value);
  }
}

function checked(key: Uint8Array): Uint8Array {
  if (key.length < KEY_BYTES) throw new Error(`The key ${KEY} in the bucket ${BUCKET} is too short.`);
  return Uint8Array.from(key);
}
