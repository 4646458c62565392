import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';
import {
  BROKER,
  CLOCK,
  INSTANCE,
  LIFECYCLE,
  MEMBERS,
  METRICS,
  SETTINGS,
  STAGE,
  WorldDirectory,
  type Instance,
  type Lifecycle,
  type MemberDirectory,
  type Metrics,
} from '@app/runtime';
import { Module } from '@nestjs/common';
import { domainServerMetrics } from './domain-server.metrics.js';
import type { DomainServerSettings } from './domain-server.settings.js';
import { JoinController } from './join/join.controller.js';
import { JoinService } from './join/join.service.js';
import { MetricsCollector } from './metrics/metrics-collector.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { HealthController } from './status/health.controller.js';
import { StatusController } from './status/status.controller.js';
import { StatusService } from './status/status.service.js';
import { JOIN, METRICS_COLLECTOR, STATUS } from './tokens.js';

@Module({
  controllers: [JoinController, StatusController, HealthController, MetricsController],
  providers: [
    {
      provide: JOIN,
      inject: [MEMBERS, SETTINGS, METRICS, BROKER, CLOCK, LIFECYCLE],
      useFactory: (
        members: MemberDirectory,
        settings: DomainServerSettings,
        metrics: Metrics,
        broker: Broker,
        clock: Clock,
        lifecycle: Lifecycle,
      ): JoinService => {
        const worlds = new WorldDirectory(broker, clock, settings.worlds);
        lifecycle.onStage(STAGE.actors, { name: 'worlds', start: () => worlds.start(), stop: () => worlds.stop() });
        return new JoinService(members, worlds, settings, domainServerMetrics(metrics).joins);
      },
    },
    {
      provide: STATUS,
      inject: [BROKER, CLOCK, MEMBERS, INSTANCE],
      useFactory: (broker: Broker, clock: Clock, members: MemberDirectory, instance: Instance): StatusService =>
        new StatusService(broker, clock, members, instance),
    },
    {
      provide: METRICS_COLLECTOR,
      inject: [BROKER, METRICS, INSTANCE, MEMBERS],
      useFactory: (broker: Broker, metrics: Metrics, instance: Instance, members: MemberDirectory): MetricsCollector =>
        new MetricsCollector(broker, metrics, instance, members),
    },
  ],
})
export class DomainServerModule {}
