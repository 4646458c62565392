/** Where a transaction goes out to and stays in order with others that go there; undefined when it may get lost or late. */
export type OrderedPlace = string | undefined;

interface Waiting {
  place: OrderedPlace;
  go: () => void;
}

/** A transaction's place in its author's row. */
export class Turn {
  /** Where it went out to; absent while it waits or when its place keeps no order. */
  sentTo: OrderedPlace;
  waiting: Waiting | undefined;

  constructor(private readonly row: AuthorRow) {}

  /** Whether everything of the author before this is done. */
  get isFirst(): boolean {
    return this.row.isFirst(this);
  }

  /**
   * Resolves when this may go out: everything of the author before it is done, or is on its way to the same place, which
   * keeps the order. For `undefined` only when it is done.
   */
  ready(place: OrderedPlace): Promise<void> | undefined {
    this.sentTo = undefined;
    if (this.row.mayGo(this, place)) {
      this.sentTo = place;
      return undefined;
    }
    return new Promise((resolve) => {
      this.waiting = { place, go: resolve };
    });
  }

  /** It is decided: those behind it may go. */
  done(): void {
    this.row.remove(this);
  }
}

/** Transactions of one author that are not decided yet, oldest first. */
class AuthorRow {
  private readonly turns = new Set<Turn>();

  constructor(private readonly onEmpty: () => void) {}

  add(): Turn {
    const turn = new Turn(this);
    this.turns.add(turn);
    return turn;
  }

  isFirst(turn: Turn): boolean {
    return this.turns.values().next().value === turn;
  }

  mayGo(turn: Turn, place: OrderedPlace): boolean {
    for (const earlier of this.turns) {
      if (earlier === turn) return true;
      if (place === undefined || earlier.sentTo !== place) return false;
    }
    return true;
  }

  remove(turn: Turn): void {
    if (!this.turns.delete(turn)) return;
    if (this.turns.size === 0) return this.onEmpty();
    for (const next of this.turns) {
      const { waiting } = next;
      if (!waiting) continue;
      if (!this.mayGo(next, waiting.place)) return;
      next.waiting = undefined;
      next.sentTo = waiting.place;
      waiting.go();
    }
  }
}

/**
 * Keeps each author's transactions in the order in which they came, without making those of other authors wait.
 *
 * A row is as long as its author has transactions in flight, which the front bounds.
 */
export class AuthorOrder {
  private readonly rows = new Map<string, AuthorRow>();

  /** A turn behind everything that this author has asked for. Whoever enters calls `done`, whatever happens. */
  enter(author: string): Turn {
    let row = this.rows.get(author);
    if (!row) {
      row = new AuthorRow(() => this.rows.delete(author));
      this.rows.set(author, row);
    }
    return row.add();
  }

  /** Authors with transactions in flight. */
  get size(): number {
    return this.rows.size;
  }
}
