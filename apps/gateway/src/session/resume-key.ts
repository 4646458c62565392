import type { Broker } from '@app/broker';
import { obtainSecretKey } from '@app/runtime';

/** The domain's key for resume tokens: made by whichever gateway is first, read by all others. */
export function obtainResumeKey(broker: Broker): Promise<Uint8Array> {
  return obtainSecretKey(broker, 'resume-token-key');
}
