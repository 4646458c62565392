import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';
import {
  BROKER,
  CLOCK,
  type CommonSettings,
  HEARTBEAT,
  type Heartbeat,
  INSTANCE,
  type Instance,
  METRICS,
  type Metrics,
  SETTINGS,
} from '@app/runtime';
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AvatarMixerActor } from './avatar-mixer.actor.js';
import { AvatarMixerController } from './avatar-mixer.controller.js';
import { avatarMixerMetrics } from './avatar-mixer.metrics.js';
import type { AvatarMixerSettings } from './avatar-mixer.settings.js';
import { AVATAR_MIXER } from './tokens.js';

@Module({
  controllers: [AvatarMixerController],
  providers: [
    {
      provide: AVATAR_MIXER,
      inject: [INSTANCE, BROKER, CLOCK, SETTINGS, METRICS, HEARTBEAT],
      useFactory: (
        instance: Instance,
        broker: Broker,
        clock: Clock,
        settings: AvatarMixerSettings & CommonSettings,
        metrics: Metrics,
        heartbeat: Heartbeat,
      ): AvatarMixerActor => {
        const options = {
          datagramBytes: settings.avatarDatagramBytes,
          datagramsPerTick: settings.avatarDatagramsPerTick,
          keepAliveMs: settings.avatarKeepAliveMs,
          starvationMs: settings.avatarStarvationMs,
          starvationShare: settings.avatarStarvationShare,
          detailKbps: settings.avatarDetailKbps,
        };
        return new AvatarMixerActor(instance.instanceId, broker, clock, options, avatarMixerMetrics(metrics), (load) =>
          heartbeat.report({ load }),
        );
      },
    },
  ],
})
export class AvatarMixerModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(AVATAR_MIXER) private readonly mixer: AvatarMixerActor) {}

  onApplicationBootstrap(): void {
    this.mixer.start();
  }

  onApplicationShutdown(): void {
    this.mixer.stop();
  }
}
