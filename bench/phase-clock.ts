/** What a mixer's time is divided into; what is none of them is the rest. */
export const PHASES = ['decode', 'select', 'render', 'encode'] as const;
export type Phase = (typeof PHASES)[number];

/** Milliseconds spent in each phase, and the mixer's ticks meanwhile. */
export interface PhaseTimes extends Record<Phase, number> {
  ticks: number;
  /** Milliseconds of all ticks on the machine's clock, and of the processor: less where others are let go before. */
  tickMs: number;
  tickCpuMs: number;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Adds up the time that is spent inside methods, each instant in one phase only: a phase that is entered inside another
 * one stops the other one's clock. Two looks at the machine's clock for each call, about 0.1 us.
 */
export class PhaseClock {
  private readonly spent: PhaseTimes = {
    decode: 0,
    select: 0,
    render: 0,
    encode: 0,
    ticks: 0,
    tickMs: 0,
    tickCpuMs: 0,
  };
  private current: Phase | undefined;
  private sinceMs = 0;

  /**
   * @param cpuMs  processor time of this process, in ms
   * @param nowMs  the machine's clock
   */
  constructor(
    private readonly cpuMs: () => number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** What was spent since the start. */
  read(): PhaseTimes {
    return { ...this.spent };
  }

  /** From now on, calls of this method are the ticks. */
  watchTicks(prototype: object, name: string): void {
    const methods = prototype as Record<string, Method>;
    const { cpuMs, nowMs, spent } = this;
    const method = methods[name];
    methods[name] = function (...args) {
      const startMs = nowMs();
      const startCpuMs = cpuMs();
      method.apply(this, args);
      spent.ticks++;
      spent.tickMs += nowMs() - startMs;
      spent.tickCpuMs += cpuMs() - startCpuMs;
    };
  }

  /**
   * From now on, time spent in these methods of all objects with this prototype belongs to `phase`.
   *
   * @param names  methods to watch; those that do not exist are passed over. Without it: all but `close`.
   */
  watch(prototype: object, phase: Phase, names: readonly string[] = methodsOf(prototype)): void {
    const methods = prototype as Record<string, Method>;
    for (const name of names) {
      if (typeof methods[name] === 'function') methods[name] = this.timed(methods[name], phase);
    }
  }

  private timed(method: Method, phase: Phase): Method {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the method's own `this` is another one
    const clock = this;
    return function (...args) {
      const outer = clock.current;
      if (outer === phase) return method.apply(this, args);
      clock.turnTo(phase);
      try {
        return method.apply(this, args);
      } finally {
        clock.turnTo(outer);
      }
    };
  }

  private turnTo(phase: Phase | undefined): void {
    const nowMs = this.nowMs();
    if (this.current) this.spent[this.current] += nowMs - this.sinceMs;
    this.current = phase;
    this.sinceMs = nowMs;
  }
}

function methodsOf(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
    return typeof value === 'function' && name !== 'constructor' && name !== 'close';
  });
}
