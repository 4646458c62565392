import type { Counter, Gauge, Histogram, Metrics } from '@app/runtime';

/** Numbers of simulated bodies; docs/operating.md says what they mean to an operator. */
export interface PhysicsMetrics {
  bodies: Gauge;
  awake: Gauge;
  held: Gauge;
  obstacles: Gauge;
  beyondLimit: Gauge;
  crowded: Gauge;
  stepMs: Histogram;
  skipped: Counter;
  failures: Counter;
  told: Counter;
  logged: Counter;
  dropped: Counter;
}

const STEP_BUCKETS_MS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 33];

/** Registers the metrics of physics. */
export function physicsMetrics(metrics: Metrics): PhysicsMetrics {
  const world = ['world'];
  return {
    bodies: metrics.gauge('entity_physics_bodies', 'Bodies that this process simulates.', world),
    awake: metrics.gauge('entity_physics_awake', 'Bodies of those that are not at rest.', world),
    held: metrics.gauge('entity_physics_held', 'Bodies that clients simulate in our place.', world),
    obstacles: metrics.gauge('entity_physics_obstacles', 'Things near bodies that they can hit.', world),
    beyondLimit: metrics.gauge(
      'entity_physics_beyond_limit',
      'Dynamic entities that stand still because there are too many.',
      world,
    ),
    crowded: metrics.gauge(
      'entity_physics_crowded',
      'Bodies that stand still because too many are at one place for the time there is.',
      world,
    ),
    stepMs: metrics.histogram('entity_physics_step_ms', 'Time that one step took, of 16.7.', STEP_BUCKETS_MS),
    skipped: metrics.counter('entity_physics_skipped_total', 'Steps left out because there was no time for them.'),
    failures: metrics.counter('entity_physics_failures_total', 'Simulations that broke, and were begun anew.'),
    told: metrics.counter('entity_physics_motions_total', 'Motions told to all entity-servers.'),
    logged: metrics.counter('entity_physics_logged_total', 'Places of bodies written to logs.'),
    dropped: metrics.counter('entity_physics_dropped_total', "Clients' claims and motions that were not believed.", [
      'reason',
    ]),
  };
}
