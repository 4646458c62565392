import type { EntityId } from '@app/world';
import type { vicinity } from '@app/wire';
import type { EntityStore } from './entity-store.js';

/** What a piece of news means for the whole view. */
export interface NewsOutcome {
  /** The server tells everything anew from here on. */
  isReset: boolean;
  /** Everything within the interest has been told. */
  isEverything: boolean;
  /** The server takes for known what is not: everything has to be asked for anew. */
  isLost: boolean;
}

/** Reads EntityNews in order, and knows up to where this client knows the world. */
export class EntityNewsReader {
  private known = 0;
  /** While everything is told anew: those that were named. */
  private named: Set<EntityId> | undefined;
  /** Those that the server takes for known, and that are not. */
  private readonly missing = new Set<EntityId>();

  constructor(private readonly store: EntityStore) {}

  /** Place in the world's log up to which this client knows what it wants to know; 0 when it knows nothing. */
  get knownSequence(): number {
    return this.known;
  }

  /** Takes news; what is malformed is left out. */
  take(news: vicinity.v1.EntityNews.$Properties): NewsOutcome {
    const isReset = news.isReset === true;
    if (isReset) {
      this.named = new Set();
      this.missing.clear();
    }
    for (const bytes of news.present ?? []) this.takePresent(this.store.idOf(bytes));
    for (const state of news.states ?? []) this.takeState(state);
    for (const bytes of news.erased ?? []) this.takeGone(this.store.idOf(bytes), 'erased');
    for (const bytes of news.left ?? []) this.takeGone(this.store.idOf(bytes), 'left');
    const isEverything = news.isEverything === true;
    if (isEverything) this.forgetUnnamed();
    const isLost = isEverything && this.missing.size > 0;
    if (news.sequence) this.known = news.sequence;
    if (isLost) {
      this.known = 0;
      this.missing.clear();
    }
    return { isReset, isEverything, isLost };
  }

  /** Nothing is known any more. */
  forget(): void {
    this.known = 0;
    this.named = undefined;
    this.missing.clear();
  }

  private takePresent(id: EntityId | undefined): void {
    if (id === undefined) return;
    if (this.store.get(id)) this.named?.add(id);
    else this.missing.add(id);
  }

  private takeState(state: vicinity.v1.EntityState.$Properties): void {
    const id = this.store.apply(state);
    if (id !== undefined) {
      this.named?.add(id);
      this.missing.delete(id);
    } else if (state.isPartial) {
      // A change to something that was never told: without it the rest cannot be right.
      const unknown = this.store.idOf(state.id ?? NO_BYTES);
      if (unknown !== undefined && !this.store.get(unknown)) this.missing.add(unknown);
    }
  }

  private takeGone(id: EntityId | undefined, reason: 'erased' | 'left'): void {
    if (id === undefined) return;
    this.named?.delete(id);
    this.missing.delete(id);
    this.store.remove(id, reason);
  }

  private forgetUnnamed(): void {
    const { named } = this;
    this.named = undefined;
    if (!named) return;
    for (const { id } of [...this.store.values()]) if (!named.has(id)) this.store.remove(id, 'left');
  }
}

const NO_BYTES = new Uint8Array(0);
