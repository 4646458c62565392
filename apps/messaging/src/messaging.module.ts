import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';
import { BROKER, CLOCK, type CommonSettings, LOGGER, type Logger, METRICS, type Metrics, SETTINGS } from '@app/runtime';
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { MessagingActor } from './messaging.actor.js';
import { MessagingController } from './messaging.controller.js';
import { messagingMetrics } from './messaging.metrics.js';
import type { MessagingSettings } from './messaging.settings.js';
import { MESSAGING } from './tokens.js';

const MS_PER_HOUR = 3_600_000;

@Module({
  controllers: [MessagingController],
  providers: [
    {
      provide: MESSAGING,
      inject: [BROKER, CLOCK, SETTINGS, METRICS, LOGGER],
      useFactory: (
        broker: Broker,
        clock: Clock,
        settings: MessagingSettings & CommonSettings,
        metrics: Metrics,
        logger: Logger,
      ): MessagingActor => {
        const options = {
          messagesPerChannelMax: settings.historyPerChannelMax,
          ageMsMax: settings.historyAgeHoursMax * MS_PER_HOUR,
          bytesMax: settings.historyBytesMax,
          senderPerSecond: settings.senderMessagesPerSecond,
          senderBurst: settings.senderMessagesBurst,
          channelPerSecond: settings.channelMessagesPerSecond,
          channelBurst: settings.channelMessagesBurst,
          senderBinariesPerSecond: settings.senderBinariesPerSecond,
          channelBinariesPerSecond: settings.channelBinariesPerSecond,
          senderBytesPerSecond: settings.senderBytesPerSecond,
          worldBytesPerSecond: settings.worldBytesPerSecond,
        };
        return new MessagingActor(broker, clock, options, messagingMetrics(metrics), logger);
      },
    },
  ],
})
export class MessagingModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(MESSAGING) private readonly messaging: MessagingActor) {}

  /** Waits for the first attempt only: a broker without its storage must not keep the role from starting. */
  async onApplicationBootstrap(): Promise<void> {
    await this.messaging.start();
  }

  onApplicationShutdown(): void {
    this.messaging.stop();
  }
}
