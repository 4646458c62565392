import { SimClock } from '@app/testing';
import {
  decodeMessage,
  encodeMessage,
  entityIdToBytes,
  type MessageFields,
  type MessageOf,
  packProperties,
  type vicinity,
} from '@app/wire';
import type { EntityId, EntityProperties } from '@app/world';
import { EntityView } from '../src/entities/entity-view.js';
import { RequestNumbers } from '../src/request-numbers.js';

/** Ids for specs: the same digit all over. */
export const idOf = (digit: number): EntityId =>
  `${String(digit).repeat(8)}-1111-4111-8111-${String(digit).repeat(12)}`;

/** The session of the client in specs. */
export const OWN_ID = 7;

/** An EntityState as a server would send it. */
export function stateOf(
  id: EntityId,
  properties: EntityProperties = {},
  rest: Partial<vicinity.v1.EntityState.$Properties> = {},
): vicinity.v1.EntityState.$Properties {
  return {
    id: entityIdToBytes(id),
    type: 'Box',
    revision: 1,
    sequence: 1,
    properties: packProperties(properties),
    editedBy: { sessionId: OWN_ID, name: 'Ada' },
    ...rest,
  };
}

/** What makes an EntityState one that tells only what has changed. */
export function partial(
  properties: EntityProperties,
  revision: number,
  removed: string[] = [],
): Partial<vicinity.v1.EntityState.$Properties> {
  return { isPartial: true, revision, removed, properties: packProperties(properties) };
}

/** A view of entities whose server is the spec. */
export class EntityKit {
  readonly clock = new SimClock();
  readonly sent: Array<MessageOf<'ClientReliable'>> = [];
  readonly sentRealtime: Array<MessageOf<'ClientRealtime'>> = [];
  readonly events: string[] = [];
  readonly view = new EntityView({
    clock: this.clock,
    numbers: new RequestNumbers(),
    rttMs: () => 40,
    ownId: () => OWN_ID,
  });

  constructor() {
    const { view, events } = this;
    view.on('added', ({ id }) => events.push(`added ${id[0]}`));
    view.on('changed', ({ entity, names }) => events.push(`changed ${entity.id[0]} ${[...names].sort().join()}`));
    view.on('removed', ({ entity, reason }) => events.push(`removed ${entity.id[0]} ${reason}`));
    view.on('everything', () => events.push('everything'));
    view.on('reset', () => events.push('reset'));
    view.on('taken', (id) => events.push(`taken ${id[0]}`));
  }

  connect(isNewStay = true, isResumed = false): void {
    this.view.attach({
      isNewStay,
      isResumed,
      sendReliable: (bytes) => this.sent.push(decodeMessage('ClientReliable', bytes)) > 0,
      sendRealtime: (bytes) => this.sentRealtime.push(decodeMessage('ClientRealtime', bytes)) > 0,
    });
  }

  tell(news: MessageFields<'EntityNews'>): void {
    this.answer({ entityNews: news });
  }

  answer(message: MessageFields<'ServerReliable'>): boolean {
    return this.view.handle(decodeMessage('ServerReliable', encodeMessage('ServerReliable', message)));
  }

  move(...motions: vicinity.v1.EntityMotion.$Properties[]): void {
    const bytes = encodeMessage('ServerRealtime', { entityMotions: { motions } });
    this.view.handleMotions(decodeMessage('ServerRealtime', bytes).entityMotions ?? {});
  }

  /** Events since the last call. */
  take(): string[] {
    return this.events.splice(0);
  }

  get interests() {
    return this.sent.flatMap(({ setInterest }) => (setInterest ? [setInterest] : []));
  }

  get edits() {
    return this.sent.flatMap(({ editEntities }) => (editEntities ? [editEntities] : []));
  }

  /** Does what was asked last: tells the news, then answers. */
  async settle(states: vicinity.v1.EntityState.$Properties[] = [], erased: Uint8Array[] = []): Promise<void> {
    const request = this.edits.at(-1)?.request ?? 0;
    if (states.length + erased.length > 0) this.tell({ states, erased });
    const results = states.map(({ id, revision }) => ({ id, revision }));
    this.answer({ entitiesEdited: { request, sequence: 9, results } });
    await Promise.resolve();
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  }
}
