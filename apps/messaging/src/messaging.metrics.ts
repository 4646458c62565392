import type { Counter, Gauge, Histogram, Metrics } from '@app/runtime';

/** Numbers of this role; docs/operating.md says what they mean to an operator. */
export interface MessagingMetrics {
  posted: Counter;
  refused: Counter;
  histories: Counter;
  postMs: Histogram;
  channels: Gauge;
}

export function messagingMetrics(metrics: Metrics): MessagingMetrics {
  return {
    posted: metrics.counter('messages_posted_total', 'Messages that were said, by kind.', ['kind']),
    refused: metrics.counter('messages_refused_total', 'Messages that were not said, by reason.', ['reason']),
    histories: metrics.counter('messages_histories_total', 'Histories that were read.'),
    postMs: metrics.histogram(
      'messages_post_ms',
      'Time until the log had a message.',
      [1, 2, 5, 10, 20, 50, 100, 500, 2_000],
    ),
    channels: metrics.gauge('messages_channels', 'Channels that were used lately.'),
  };
}
