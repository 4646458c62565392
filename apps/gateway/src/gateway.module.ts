import type { Broker } from '@app/broker';
import type { Clock, Random } from '@app/clock';
import {
  BROKER,
  CLOCK,
  HEARTBEAT,
  type Heartbeat,
  INSTANCE,
  type Instance,
  LIFECYCLE,
  LOGGER,
  type Lifecycle,
  type Logger,
  MEMBERS,
  METRICS,
  type MemberDirectory,
  type Metrics,
  RANDOM,
  SETTINGS,
} from '@app/runtime';
import { Module } from '@nestjs/common';
import { GatewayController } from './gateway.controller.js';
import type { GatewaySettings } from './gateway.settings.js';
import { GATEWAY } from './gateway.tokens.js';
import { assembleGateway } from './gateway-assembly.js';

/** Wiring of the gateway, nothing else. */
@Module({
  controllers: [GatewayController],
  providers: [
    {
      provide: GATEWAY,
      inject: [SETTINGS, BROKER, CLOCK, RANDOM, LOGGER, METRICS, MEMBERS, HEARTBEAT, INSTANCE, LIFECYCLE],
      useFactory: (
        settings: GatewaySettings,
        broker: Broker,
        clock: Clock,
        random: Random,
        logger: Logger,
        metrics: Metrics,
        members: MemberDirectory,
        heartbeat: Heartbeat,
        instance: Instance,
        lifecycle: Lifecycle,
      ) =>
        assembleGateway(settings, { broker, clock, random, logger, metrics, members, heartbeat, instance, lifecycle }),
    },
  ],
})
export class GatewayModule {}
