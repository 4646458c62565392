import type { Counter, Gauge, Histogram, Metrics } from '@app/runtime';

/** Numbers of this role; docs/operating.md says what they mean to an operator. */
export interface AvatarMixerMetrics {
  tickMs: Histogram;
  latenessMs: Histogram;
  skippedTicks: Counter;
  failedTicks: Counter;
  avatars: Gauge;
  listeners: Gauge;
  waitMsMax: Gauge;
  updates: Counter;
  bytes: Counter;
  published: Counter;
  dropped: Counter;
}

const TICK_BUCKETS_MS = [0.5, 1, 2, 5, 10, 20, 33, 66];

export function avatarMixerMetrics(metrics: Metrics): AvatarMixerMetrics {
  return {
    tickMs: metrics.histogram('avatar_tick_ms', 'Time that one tick took; 33 is the whole tick.', TICK_BUCKETS_MS),
    latenessMs: metrics.histogram('avatar_tick_lateness_ms', 'How late ticks began.', TICK_BUCKETS_MS),
    skippedTicks: metrics.counter('avatar_ticks_skipped_total', 'Ticks that were left out because of lateness.'),
    failedTicks: metrics.counter('avatar_ticks_failed_total', 'Ticks that ended with an error.'),
    avatars: metrics.gauge('avatar_avatars', 'Avatars that this mixer knows.'),
    listeners: metrics.gauge('avatar_listeners', 'Sessions that this mixer serves.'),
    waitMsMax: metrics.gauge('avatar_wait_ms_max', 'The longest time that any listener waited for any avatar.'),
    updates: metrics.counter('avatar_updates_total', 'Poses told to listeners.'),
    bytes: metrics.counter('avatar_bytes_total', 'Bytes made for listeners.', ['kind']),
    published: metrics.counter('avatar_messages_published_total', 'Messages given to the broker.'),
    dropped: metrics.counter('avatar_dropped_total', 'What could not be used: old, invalid or too many.', ['reason']),
  };
}
