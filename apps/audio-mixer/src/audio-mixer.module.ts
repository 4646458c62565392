import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';
import { createSpatialEngine } from '@app/dsp';
import { EvanOpusCodec } from '@app/opus';
import { INJECTORS_PER_WORLD_MAX } from '@app/world';
import {
  BROKER,
  CLOCK,
  type CommonSettings,
  HEARTBEAT,
  type Heartbeat,
  INSTANCE,
  type Instance,
  LOGGER,
  type Logger,
  METRICS,
  type Metrics,
  SETTINGS,
} from '@app/runtime';
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AudioMixerController } from './audio-mixer.controller.js';
import { audioMixerMetrics } from './audio-mixer.metrics.js';
import { NO_ZONES } from './audio-zones.js';
import type { AudioMixerSettings } from './audio-mixer.settings.js';
import { createShelf } from './injector/create-shelf.js';
import { createSoundNotice } from './injector/sound-notice.js';
import { MixerActor } from './mixer.actor.js';
import { MIXER } from './tokens.js';

@Module({
  controllers: [AudioMixerController],
  providers: [
    {
      provide: MIXER,
      inject: [INSTANCE, BROKER, CLOCK, SETTINGS, METRICS, HEARTBEAT, LOGGER],
      useFactory: (
        instance: Instance,
        broker: Broker,
        clock: Clock,
        settings: AudioMixerSettings & CommonSettings,
        metrics: Metrics,
        heartbeat: Heartbeat,
        logger: Logger,
      ): MixerActor => {
        const numbers = audioMixerMetrics(metrics);
        return new MixerActor(
          instance.instanceId,
          broker,
          clock,
          {
            codec: new EvanOpusCodec(),
            createEngine: (world) =>
              createSpatialEngine({
                // Sounds have places of their own, and all ambient ones together one more, so that no voice is kept out.
                sourcesMax: settings.audioSourcesMax + INJECTORS_PER_WORLD_MAX + settings.audioSoundsMax + 1,
                listenersMax: settings.audioListenersMax,
                nearSourcesMax: settings.audioNearSources,
                attenuationCoefficient: settings.audioAttenuation,
                audibleDistanceM: settings.audioDistanceM,
                directivity: settings.audioDirectivity,
                ...(settings.audioZones.get(world) ?? NO_ZONES),
              }),
            shelf: createShelf(
              broker,
              clock,
              {
                memoryMb: settings.audioSoundMemoryMb,
                isWebAllowed: settings.soundsFromWeb,
                assetStore: settings,
                assetsUrl: settings.soundAssetsUrl,
              },
              createSoundNotice(clock, numbers.soundLoads, logger),
            ),
            soundsMax: settings.audioSoundsMax,
          },
          {
            worlds: settings.worlds,
            bitrate: settings.audioBitrate,
            complexity: settings.audioComplexity,
            crowdComplexity: settings.audioCrowdComplexity,
            frameMs: Number(settings.audioFrameMs),
            nearSourcesMax: settings.audioNearSources,
            listenersMax: settings.audioListenersMax,
            idleMs: settings.audioIdleMs,
            jitterMsMax: settings.audioJitterMsMax,
            noiseGateDb: settings.audioNoiseGateDb,
          },
          numbers,
          logger,
          (load) => heartbeat.report({ load }),
        );
      },
    },
  ],
})
export class AudioMixerModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(MIXER) private readonly mixer: MixerActor) {}

  onApplicationBootstrap(): void {
    this.mixer.start();
  }

  onApplicationShutdown(): void {
    this.mixer.stop();
  }
}
