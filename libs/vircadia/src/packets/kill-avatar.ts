import type { Vec3 } from '@app/world';
import type { Codec } from '../coding/codec.js';

/** Why an avatar goes (specification F.8). */
export const KillReason = {
  None: 0,
  Disconnected: 1,
  Ignored: 2,
  TheyEnteredYourBubble: 3,
  YouEnteredTheirBubble: 4,
} as const;

export interface KillAvatar {
  readonly sessionId: string;
  /** One of KillReason. */
  readonly reason: number;
}

export const KillAvatar: Codec<KillAvatar> = {
  read: (reader) => ({ sessionId: reader.uuid('session id'), reason: reader.u8('reason') }),
  write(writer, { sessionId, reason }) {
    writer.uuid(sessionId, 'session id');
    writer.u8(reason, 'reason');
  },
};

/** The payload of AdjustAvatarSorting: three weights, for administrators. */
export const AdjustAvatarSorting: Codec<Vec3> = {
  read: (reader) => reader.vec3('weights'),
  write: (writer, weights) => writer.vec3(weights, 'weights'),
};
