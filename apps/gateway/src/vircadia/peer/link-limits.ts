import { CONNECTION_LIMITS, type ConnectionLimits } from '@app/vircadia';
import type { LinkType } from '../domain/domain-nodes.js';

/** Bytes of the largest message that a client may send on a link, and of all that it may leave unfinished there. */
const MESSAGE_BYTES_MAX: Readonly<Record<LinkType, number>> = {
  D: 16_384,
  M: 16_384,
  W: 131_072,
  o: 262_144,
  m: 163_840,
  // Files come in pieces and are not put together.
  A: 131_072,
  S: 16_384,
};
/** Over an ordered channel nothing is lost but time: whoever waits longer will get it from the channel itself, in ms. */
const WEB_RESEND_MS_MIN = 1_000;

/** What one link of a client may use. */
export function limitsOf(type: LinkType, isWeb: boolean): ConnectionLimits {
  const messageBytesMax = MESSAGE_BYTES_MAX[type];
  return {
    ...CONNECTION_LIMITS,
    messageBytesMax,
    pendingBytesMax: 2 * messageBytesMax,
    ...(isWeb ? { resendMsMin: WEB_RESEND_MS_MIN } : {}),
  };
}
