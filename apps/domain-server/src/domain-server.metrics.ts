import type { Counter, Metrics } from '@app/runtime';

/** Numbers of the domain-server. */
export interface DomainServerMetrics {
  /** By outcome: `placed`, or the code of the refusal. */
  joins: Counter;
}

export function domainServerMetrics(metrics: Metrics): DomainServerMetrics {
  return { joins: metrics.counter('joins_total', 'Answers of /api/join, by outcome.', ['outcome']) };
}
