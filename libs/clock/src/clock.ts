/** A running timer; `cancel` twice is harmless. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as the server's logic sees it. Nothing outside libs/clock calls Date.now, performance.now or setTimeout, so that
 * the same logic runs in a simulation whose time is advanced by the test.
 */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start, with fractions. For every duration and deadline. */
  nowMs(): number;
  /** Milliseconds since 1970-01-01 UTC. Only for what people and logs see. */
  wallMs(): number;
  /** Calls back once after `delayMs`. */
  after(delayMs: number, callback: () => void): Timer;
  /** Calls back every `intervalMs`, without drift: a late call does not delay the ones after it. */
  every(intervalMs: number, callback: () => void): Timer;
}

/** Chance as the server's logic sees it; seeded in tests. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform 32-bit unsigned integer. */
  nextUint32(): number;
}
