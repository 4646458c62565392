import { entityIdToBytes, packProperties, type vicinity } from '@app/wire';
import type { EntityId, EntityProperties } from '@app/world';

type EditFields = vicinity.v1.EntityEdit.$Properties;

/** One thing to be done to an entity. */
export type Step =
  | { readonly kind: 'add' | 'change'; readonly properties: EntityProperties }
  | { readonly kind: 'clone'; readonly of: EntityId }
  | { readonly kind: 'erase' };

/** What one client does to one entity: one step is under way at a time, and what comes meanwhile becomes the next one. */
export interface EditDraft {
  readonly id: EntityId;
  readonly type: string;
  next: Step | undefined;
  /** Bytes of what has come for `next`, about. */
  nextBytes: number;
  /** Since when `next` is tried, in ms; it is not tried for ever. */
  nextSinceMs: number;
  /** Not before then, in ms: it was too much a moment ago. */
  notBeforeMs: number;
  isUnderWay: boolean;
  /** It has failed together with others: by itself it may not. */
  isAlone: boolean;
  /** What the client has set, until the news say so: groups are changed as a whole. */
  ahead: EntityProperties;
  /** The client's time of the newest value of each property, in µs: packets overtake each other. */
  readonly setAtUs: Map<string, number>;
  newestUs: number;
  touchedAtMs: number;
}

export function newDraft(id: EntityId, type: string, nowMs: number): EditDraft {
  return {
    id,
    type,
    next: undefined,
    nextBytes: 0,
    nextSinceMs: nowMs,
    notBeforeMs: nowMs,
    isUnderWay: false,
    isAlone: false,
    ahead: {},
    setAtUs: new Map(),
    newestUs: 0,
    touchedAtMs: nowMs,
  };
}

/** Two steps as one; undefined when nothing remains to be done. */
export function mergeSteps(before: Step | undefined, after: Step): Step | undefined {
  if (!before || before.kind === 'clone') return after;
  if (before.kind === 'erase') return after.kind === 'add' ? after : before;
  if (after.kind === 'erase') return before.kind === 'add' ? undefined : after;
  if (after.kind === 'clone') return before;
  return { kind: before.kind, properties: { ...before.properties, ...after.properties } };
}

/** A step as an edit of our own. Fails with WireError. */
export function editOf({ id, type }: EditDraft, step: Step): EditFields {
  const bytes = entityIdToBytes(id);
  switch (step.kind) {
    case 'add':
      return { add: { id: bytes, type, properties: packProperties(step.properties) } };
    case 'change':
      return { change: { id: bytes, properties: packProperties(step.properties) } };
    case 'clone':
      return { clone: { id: entityIdToBytes(step.of), newId: bytes } };
    case 'erase':
      return { erase: { id: bytes } };
  }
}
