/** A running timer; `cancel` twice is harmless. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as the SDK sees it. Everything that waits or measures takes a Clock, so that specs advance time instead of
 * sleeping. It has the shape of the server's own clock, which cannot be used here because it needs Node.
 */
export interface Clock {
  /** Monotonic milliseconds with fractions. */
  nowMs(): number;
  /** Milliseconds since 1970-01-01 UTC. */
  wallMs(): number;
  /** Calls back once after `delayMs`. */
  after(delayMs: number, callback: () => void): Timer;
  /** Calls back every `intervalMs`. */
  every(intervalMs: number, callback: () => void): Timer;
}

/** The browser's time. Background tabs slow its timers down to one call a second; nothing here relies on more. */
export class BrowserClock implements Clock {
  nowMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  after(delayMs: number, callback: () => void): Timer {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  }

  every(intervalMs: number, callback: () => void): Timer {
    const handle = setInterval(callback, intervalMs);
    return { cancel: () => clearInterval(handle) };
  }
}
