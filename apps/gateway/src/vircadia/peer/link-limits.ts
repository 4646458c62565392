import { CONNECTION_LIMITS, type ConnectionLimits } from '@app/vircadia';
import { VIRCADIA_MESSAGE_BYTES_MAX } from '@app/world';
import type { LinkType } from '../domain/domain-nodes.js';

/** Over an ordered channel nothing is lost but time: whoever waits longer will get it from the channel itself, in ms. */
const WEB_RESEND_MS_MIN = 1_000;

/** What one link of a client may use. */
export function limitsOf(type: LinkType, isWeb: boolean): ConnectionLimits {
  const messageBytesMax = VIRCADIA_MESSAGE_BYTES_MAX[type];
  return {
    ...CONNECTION_LIMITS,
    messageBytesMax,
    pendingBytesMax: 2 * messageBytesMax,
    ...(isWeb ? { resendMsMin: WEB_RESEND_MS_MIN } : {}),
  };
}
