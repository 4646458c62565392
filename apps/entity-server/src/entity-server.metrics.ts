import type { Counter, Gauge, Histogram, Metrics } from '@app/runtime';
import { type PhysicsMetrics, physicsMetrics } from './physics/physics.metrics.js';

/** Numbers of this role; docs/operating.md says what they mean to an operator. */
export interface EntityServerMetrics {
  acked: Counter;
  refused: Counter;
  retried: Counter;
  ackMs: Histogram;
  inFlight: Gauge;
  records: Counter;
  groupSize: Histogram;
  appendMs: Histogram;
  fenced: Counter;
  replayed: Counter;
  outcomes: Counter;
  applyFailed: Counter;
  entities: Gauge;
  propertyBytes: Gauge;
  sequence: Gauge;
  lagMs: Gauge;
  gaps: Counter;
  leases: Gauge;
  expired: Counter;
  snapshots: Counter;
  snapshotMs: Gauge;
  historyBytes: Gauge;
  trimFailed: Counter;
  appendFailed: Counter;
  openMs: Gauge;
  tickMs: Histogram;
  viewers: Gauge;
  states: Counter;
  bytes: Counter;
  waiting: Gauge;
  waitMsMax: Gauge;
  physics: PhysicsMetrics;
}

const MS_BUCKETS = [0.5, 1, 2, 5, 10, 20, 50, 100, 500, 2_000, 10_000];
const TICK_BUCKETS_MS = [0.5, 1, 2, 5, 10, 20, 33, 66];
const GROUP_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Registers this role's metrics. */
export function entityServerMetrics(metrics: Metrics): EntityServerMetrics {
  return {
    acked: metrics.counter('entity_edits_acked_total', 'Transactions answered as done: the log has them.'),
    refused: metrics.counter('entity_edits_refused_total', 'Transactions answered with a code.', ['code']),
    retried: metrics.counter('entity_edits_retried_total', 'Attempts that were repeated because a writer was away.'),
    ackMs: metrics.histogram('entity_ack_ms', 'Time from a request to its answer.', MS_BUCKETS),
    inFlight: metrics.gauge('entity_edits_in_flight', 'Transactions that wait for their answer.'),
    records: metrics.counter('entity_records_written_total', 'Records that this process has appended to logs.'),
    groupSize: metrics.histogram('entity_group_size', 'Transactions in one record.', GROUP_BUCKETS),
    appendMs: metrics.histogram('entity_append_ms', 'Time until the log had a record.', MS_BUCKETS),
    fenced: metrics.counter(
      'entity_fenced_total',
      'Times that a log refused this process because a shard has another owner.',
    ),
    replayed: metrics.counter('entity_records_applied_total', 'Records read from logs.'),
    outcomes: metrics.counter('entity_outcomes_total', 'What became of transactions in logs: done, repeated or void.', [
      'outcome',
    ]),
    applyFailed: metrics.counter(
      'entity_apply_failed_total',
      'Times that a record could not be applied: the world stands still in this process until it can.',
    ),
    entities: metrics.gauge('entity_entities', 'Entities in a world.', ['world']),
    propertyBytes: metrics.gauge('entity_property_bytes', 'Bytes of the properties of all entities of a world.', [
      'world',
    ]),
    sequence: metrics.gauge('entity_sequence', "Place in a world's log up to which this process has read.", ['world']),
    lagMs: metrics.gauge('entity_follower_lag_ms', 'Age of the newest record when it was read.', ['world']),
    gaps: metrics.counter('entity_gaps_total', 'Times that records had to be fetched because they were missed.'),
    leases: metrics.gauge('entity_leases', 'Shards of which this process is the writer.'),
    expired: metrics.counter('entity_expired_total', 'Entities that were erased at the end of their lifetime.'),
    snapshots: metrics.counter('entity_snapshots_total', 'Snapshots, by result: made, corrupt or failed.', ['result']),
    snapshotMs: metrics.gauge('entity_snapshot_ms', 'How long the newest snapshot took, with its check.', ['world']),
    historyBytes: metrics.gauge(
      'entity_history_bytes',
      "Bytes of a world's log in the broker's storage, once a minute.",
      ['world'],
    ),
    trimFailed: metrics.counter(
      'entity_history_trim_failed_total',
      'Times that the oldest records of a log could not be forgotten.',
    ),
    appendFailed: metrics.counter(
      'entity_append_failed_total',
      'Times that a writer gave up because the log did not answer or could not store more.',
    ),
    openMs: metrics.gauge('entity_open_ms', 'How long a world took to open: snapshot and the rest of the log.', [
      'world',
    ]),
    tickMs: metrics.histogram('entity_tick_ms', 'Time that one tick took; 33 is the whole tick.', TICK_BUCKETS_MS),
    viewers: metrics.gauge('entity_viewers', 'Sessions that are told of entities by this process.'),
    states: metrics.counter('entity_states_told_total', 'Entities told to viewers, whole or in part.'),
    bytes: metrics.counter('entity_bytes_total', 'Bytes made for viewers.', ['kind']),
    waiting: metrics.gauge('entity_waiting', 'Entities that wait to be told, over all viewers.'),
    waitMsMax: metrics.gauge('entity_wait_ms_max', 'The longest time that anything has been waiting to be told.'),
    physics: physicsMetrics(metrics),
  };
}
