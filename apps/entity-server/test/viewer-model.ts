import { decodeMessage, entityIdOfBytes, unpackProperties, type vicinity } from '@app/wire';
import type { EntityId, EntityProperties } from '@app/world';

/** An entity as a client knows it. */
export interface ModelEntity {
  readonly type: string;
  readonly revision: number;
  readonly properties: EntityProperties;
}

/**
 * A client's view of the entities, made from nothing but what it is sent, in the plainest way: what a test compares with
 * the world. What the protocol rules out makes it throw.
 */
export class ViewerModel {
  readonly entities = new Map<EntityId, ModelEntity>();
  /** Generation of the last is_everything; -1 before the first. */
  everythingOf = -1;
  knownSequence = 0;
  /** Named as present, and not there: the client has to ask for everything. */
  readonly missing = new Set<EntityId>();
  statesCount = 0;
  presentCount = 0;
  reliableBytes = 0;
  largestMessageBytes = 0;
  motionsCount = 0;
  /** Ids of whole states in the order in which they came. */
  readonly order: EntityId[] = [];
  private named: Set<EntityId> | undefined;
  private hasBegun = false;

  /** An encoded ServerReliable with EntityNews. */
  takeReliable(bytes: Uint8Array): void {
    this.reliableBytes += bytes.length;
    this.largestMessageBytes = Math.max(this.largestMessageBytes, bytes.length);
    const { entityNews } = decodeMessage('ServerReliable', bytes);
    if (!entityNews) throw new Error('this is no news of entities');
    this.take(entityNews);
  }

  takeRealtime(bytes: Uint8Array): vicinity.v1.IEntityMotion[] {
    if (bytes.length > 1_150) throw new Error('a datagram is too large');
    const motions = decodeMessage('ServerRealtime', bytes).entityMotions?.motions ?? [];
    this.motionsCount += motions.length;
    return motions;
  }

  /** The connection is another: the server begins anew. What is known stays until it does. */
  reconnect(): void {
    this.hasBegun = false;
    this.everythingOf = -1;
  }

  private take(news: vicinity.v1.IEntityNews): void {
    if (!this.hasBegun && !news.isReset) throw new Error('a stay begins with a reset');
    this.hasBegun = true;
    if (news.isReset) {
      this.named = new Set();
      this.missing.clear();
      this.everythingOf = -1;
    }
    for (const bytes of news.present ?? []) this.takePresent(entityIdOfBytes(bytes));
    for (const state of news.states ?? []) this.takeState(state);
    for (const bytes of news.erased ?? []) this.remove(entityIdOfBytes(bytes));
    for (const bytes of news.left ?? []) this.remove(entityIdOfBytes(bytes));
    if (news.isEverything) this.endRound(news.generation ?? 0);
    if (news.sequence) this.knownSequence = news.sequence;
  }

  private takePresent(id: EntityId): void {
    this.presentCount++;
    if (this.entities.has(id)) this.named?.add(id);
    else this.missing.add(id);
  }

  private takeState(state: vicinity.v1.IEntityState): void {
    const id = entityIdOfBytes(state.id);
    const properties = unpackProperties(state.properties);
    const known = this.entities.get(id);
    this.statesCount++;
    if (known && (state.revision ?? 0) < known.revision) throw new Error(`${id} goes back in time`);
    if (state.isPartial) {
      if (this.missing.has(id)) return;
      if (!known || (this.named && !this.named.has(id))) throw new Error(`a change of ${id}, which is not known`);
      const changed: Record<string, EntityProperties[string]> = { ...known.properties, ...properties };
      for (const name of state.removed ?? []) delete changed[name];
      this.entities.set(id, { type: known.type, revision: state.revision ?? 0, properties: changed });
      return;
    }
    const { parentID } = properties;
    if (typeof parentID === 'string' && !this.entities.has(parentID) && !this.missing.has(parentID)) {
      throw new Error(`${id} comes before its parent`);
    }
    this.order.push(id);
    this.named?.add(id);
    this.missing.delete(id);
    this.entities.set(id, { type: state.type ?? '', revision: state.revision ?? 0, properties });
  }

  private remove(id: EntityId): void {
    if (!this.entities.has(id) && !this.missing.delete(id)) throw new Error(`${id} is gone, and was never there`);
    this.named?.delete(id);
    this.entities.delete(id);
  }

  private endRound(generation: number): void {
    this.everythingOf = generation;
    if (this.named) for (const id of [...this.entities.keys()]) if (!this.named.has(id)) this.entities.delete(id);
    this.named = undefined;
  }
}
