import type { LeaseKeeper, Spawner } from '@app/actor';
import type { Broker } from '@app/broker';
import type { Clock, Random } from '@app/clock';
import type { Logger } from '@app/runtime';
import type { InstanceId } from '@app/world';
import type { EntityServerMetrics } from './entity-server.metrics.js';
import type { EntityServerOptions } from './entity-server.options.js';

/** What a world stands on. */
export interface WorldGround {
  instanceId: InstanceId;
  broker: Broker;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: EntityServerMetrics;
  leases: LeaseKeeper;
  actors: Spawner;
  options: EntityServerOptions;
  /** Entity-servers that are ready, this one included once it is. */
  liveServers: () => readonly InstanceId[];
}
