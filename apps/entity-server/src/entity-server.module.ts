import type { Broker } from '@app/broker';
import type { Clock, Random } from '@app/clock';
import {
  BROKER,
  CLOCK,
  type CommonSettings,
  HEARTBEAT,
  type Heartbeat,
  INSTANCE,
  type Instance,
  LIFECYCLE,
  type Lifecycle,
  LOGGER,
  type Logger,
  type MemberDirectory,
  MEMBERS,
  METRICS,
  type Metrics,
  RANDOM,
  SETTINGS,
  STAGE,
} from '@app/runtime';
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { EntityServerActor } from './entity-server.actor.js';
import { EntityServerController } from './entity-server.controller.js';
import { entityServerMetrics } from './entity-server.metrics.js';
import { optionsOf } from './entity-server.options.js';
import type { EntityServerSettings } from './entity-server.settings.js';
import { ENTITY_SERVER } from './tokens.js';

@Module({
  controllers: [EntityServerController],
  providers: [
    {
      provide: ENTITY_SERVER,
      inject: [INSTANCE, BROKER, CLOCK, RANDOM, MEMBERS, SETTINGS, METRICS, LOGGER, HEARTBEAT],
      useFactory: (
        instance: Instance,
        broker: Broker,
        clock: Clock,
        random: Random,
        members: MemberDirectory,
        settings: EntityServerSettings & CommonSettings,
        metrics: Metrics,
        logger: Logger,
        heartbeat: Heartbeat,
      ): EntityServerActor =>
        new EntityServerActor({
          instance,
          broker,
          clock,
          random,
          members,
          options: optionsOf(settings),
          metrics: entityServerMetrics(metrics),
          logger,
          reportLoad: (load) => heartbeat.report({ load }),
        }),
    },
  ],
})
export class EntityServerModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(ENTITY_SERVER) private readonly server: EntityServerActor,
    @Inject(LIFECYCLE) lifecycle: Lifecycle,
  ) {
    // Before the subscriptions end: other servers go on while this one still answers.
    lifecycle.onStage(STAGE.media, { name: 'hand over shards', stop: () => this.server.handOver() });
  }

  /** Waits for the first attempt only: a broker without its storage must not keep the role from starting. */
  async onApplicationBootstrap(): Promise<void> {
    await this.server.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.stop();
  }
}
