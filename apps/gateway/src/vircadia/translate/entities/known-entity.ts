import { withLastEdited } from '@app/vircadia';
import type { SharedEntity } from './shared-entity.js';

/** One entity as one client knows it. */
export interface KnownEntity {
  entity: SharedEntity;
  /** What is private of it, if this client may see it. */
  privateText: string | undefined;
  /** It is beyond the client's interest: the client knows it, unseen, and hears no more of it. */
  isAway: boolean;
  /** It is no more, and will be forgotten as soon as the client has been told that it is unseen. */
  isErased: boolean;
  /** `last edited` of what was told last, in µs since 1970; 0 when nothing was. Clients ignore what is older. */
  toldUs: number;
  /** What is told next must be newer than this: the client has an edit of its own that was refused. */
  floorUs: number;
  /** The last reliable packet that it was in. */
  packet: number;
  /** How many of its records have been told, when it takes several packets. */
  recordsTold: number;
}

/** What a client is told of an entity for the first time. */
export function newlyKnown(entity: SharedEntity, privateText: string | undefined): KnownEntity {
  return { entity, privateText, isAway: false, isErased: false, toldUs: 0, floorUs: 0, packet: 0, recordsTold: 0 };
}

/** `last edited` of what is told next: never before what the client has. */
export function nextTimeUs({ entity, toldUs, floorUs }: KnownEntity): number {
  return Math.max(entity.lastEditedUs, toldUs, floorUs);
}

/** A record that is told now, with the time that it needs. */
export function dated(known: KnownEntity, record: Uint8Array): Uint8Array {
  known.toldUs = nextTimeUs(known);
  return known.toldUs === known.entity.lastEditedUs ? record : withLastEdited(record, known.toldUs);
}
