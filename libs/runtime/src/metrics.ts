import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
  collectDefaultMetrics,
} from 'prom-client';

/** Values of a metric's labels, by label name. */
export type Labels = Record<string, string | number>;

export interface Counter {
  /** Adds `count` (default 1, never negative). */
  inc(count?: number, labels?: Labels): void;
}

export interface Gauge {
  set(value: number, labels?: Labels): void;
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

/**
 * Numbers that operators see. Names get the prefix `vicinity_`, units last (`_ms`, `_bytes`, `_total` for counters).
 * Asking twice for one name gives the same metric. Label values come from small fixed sets, never from clients.
 */
export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  gauge(name: string, help: string, labels?: readonly string[]): Gauge;
  /** @param buckets  upper bounds, rising */
  histogram(name: string, help: string, buckets: readonly number[], labels?: readonly string[]): Histogram;
  /** Everything in the Prometheus text format, without role and instance labels. */
  text(): Promise<string>;
}

const PREFIX = 'vicinity_';

/** Metrics of one process, kept by prom-client. */
export class PrometheusMetrics implements Metrics {
  private readonly registry = new Registry();
  private readonly metrics = new Map<string, Counter | Gauge | Histogram>();
  private readonly collectors: (() => void)[] = [];

  /** Includes memory, CPU, garbage collection and event loop delay of the process. */
  collectProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  counter(name: string, help: string, labels: readonly string[] = []): Counter {
    return this.once(name, () => {
      const metric = new PromCounter({
        name: PREFIX + name,
        help,
        labelNames: [...labels],
        registers: [this.registry],
      });
      return { inc: (count = 1, values) => (values ? metric.inc(values, count) : metric.inc(count)) };
    });
  }

  gauge(name: string, help: string, labels: readonly string[] = []): Gauge {
    return this.once(name, () => {
      const metric = new PromGauge({ name: PREFIX + name, help, labelNames: [...labels], registers: [this.registry] });
      return { set: (value, values) => (values ? metric.set(values, value) : metric.set(value)) };
    });
  }

  histogram(name: string, help: string, buckets: readonly number[], labels: readonly string[] = []): Histogram {
    return this.once(name, () => {
      const metric = new PromHistogram({
        name: PREFIX + name,
        help,
        buckets: [...buckets],
        labelNames: [...labels],
        registers: [this.registry],
      });
      return { observe: (value, values) => (values ? metric.observe(values, value) : metric.observe(value)) };
    });
  }

  /** Called before each scrape, for numbers that somebody else counts. */
  beforeText(collect: () => void): void {
    this.collectors.push(collect);
  }

  text(): Promise<string> {
    for (const collect of this.collectors) collect();
    return this.registry.metrics();
  }

  private once<T extends Counter | Gauge | Histogram>(name: string, make: () => T): T {
    const known = this.metrics.get(name);
    if (known) return known as T;
    const made = make();
    this.metrics.set(name, made);
    return made;
  }
}
