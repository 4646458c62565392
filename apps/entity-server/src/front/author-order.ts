/**
 * Where a transaction goes out to and stays in order with others that go there: the number of a shard; undefined when it
 * may get lost or late.
 */
export type OrderedPlace = number | undefined;

/** Each author's newest turn. */
type Tails = Map<string, Turn>;

/** A transaction's place in its author's row: it knows its neighbours, so that coming and going costs next to nothing. */
export class Turn {
  private earlier: Turn | undefined;
  private later: Turn | undefined;
  /** Where it went out to; absent while it waits or when its place keeps no order. */
  private sentTo: OrderedPlace;
  private waiting: { readonly place: OrderedPlace; readonly go: () => void } | undefined;
  private decided = false;

  constructor(
    private readonly author: string,
    private readonly tails: Tails,
  ) {
    this.earlier = tails.get(author);
    if (this.earlier) this.earlier.later = this;
    tails.set(author, this);
  }

  /** Whether everything of the author before this is done. */
  get isFirst(): boolean {
    return this.earlier === undefined;
  }

  get isDone(): boolean {
    return this.decided;
  }

  /**
   * Resolves when this may go out: everything of the author before it is done, or is on its way to the same place, which
   * keeps the order. For `undefined` only when it is done.
   */
  ready(place: OrderedPlace): Promise<void> | undefined {
    this.sentTo = undefined;
    if (this.mayGo(place)) {
      this.sentTo = place;
      return undefined;
    }
    return new Promise((resolve) => {
      this.waiting = { place, go: resolve };
    });
  }

  /** It is decided: those behind it may go. A second call is harmless. */
  done(): void {
    if (this.decided) return;
    this.decided = true;
    const { earlier, later } = this;
    if (earlier) earlier.later = later;
    if (later) later.earlier = earlier;
    else if (earlier) this.tails.set(this.author, earlier);
    else this.tails.delete(this.author);
    for (let turn = later; turn?.wake(); turn = turn.later);
  }

  /** Lets this go if it waits and may; false when it has to wait on. */
  private wake(): boolean {
    const { waiting } = this;
    if (!waiting) return true;
    if (!this.mayGo(waiting.place)) return false;
    this.waiting = undefined;
    this.sentTo = waiting.place;
    waiting.go();
    return true;
  }

  private mayGo(place: OrderedPlace): boolean {
    if (place === undefined) return this.isFirst;
    for (let turn = this.earlier; turn; turn = turn.earlier) if (turn.sentTo !== place) return false;
    return true;
  }
}

/**
 * Keeps each author's transactions in the order in which they came, without making those of other authors wait.
 *
 * Gateways send one transaction of a session after the other, because each attempt may go to another entity-server, which
 * no front can put in order. Here are those who do not wait for their answers: the server's own parts (lifetimes, bodies
 * that come to rest) and whoever uses the subject itself. An attempt that is repeated must not fall behind the next one.
 *
 * A row is as long as its author has transactions in flight, which the front bounds.
 */
export class AuthorOrder {
  private readonly tails: Tails = new Map();

  /** A turn behind everything that this author has asked for. Whoever enters calls `done`, whatever happens. */
  enter(author: string): Turn {
    return new Turn(author, this.tails);
  }

  /** Authors with transactions in flight. */
  get size(): number {
    return this.tails.size;
  }
}
