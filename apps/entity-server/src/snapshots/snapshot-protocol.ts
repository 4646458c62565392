import { type SubjectProtocol, wireProtocol } from '@app/actor';
import type { MessageFields } from '@app/wire';

/** What the keeper of a world's snapshots is told. */
export type SnapshotOrder =
  /** By somebody: make one now, kept until somebody deletes it if it has a label. */
  | { readonly type: 'make'; readonly label: string }
  /** By its own clock: make one if one is due. */
  | { readonly type: 'look' }
  /** By its own clock: the log may have too much. */
  | { readonly type: 'trim' };

/** Empty for what its own clock says. */
export type SnapshotAnswer = MessageFields<'WorldSnapshotReply'>;

const wire = wireProtocol('WorldSnapshotRequest', 'WorldSnapshotReply');

/** What comes from outside is always the wish for a snapshot. */
export const SNAPSHOT_PROTOCOL: SubjectProtocol<SnapshotOrder, SnapshotAnswer> = {
  ...wire,
  encode: (order) => wire.encode(order.type === 'make' ? { label: order.label } : {}),
  decode: (data, subject) => ({ type: 'make', label: wire.decode(data, subject).label ?? '' }),
};
