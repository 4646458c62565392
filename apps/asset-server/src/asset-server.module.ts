import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';
import { BROKER, CLOCK, LOGGER, type Logger, METRICS, type Metrics, SETTINGS } from '@app/runtime';
import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AssetServer } from './asset-server.js';
import { assetServerMetrics } from './asset-server.metrics.js';
import type { AssetServerSettings } from './asset-server.settings.js';
import { HealthController } from './http/health.controller.js';
import { ASSET_SERVER } from './tokens.js';

@Module({
  controllers: [HealthController],
  providers: [
    {
      provide: ASSET_SERVER,
      inject: [BROKER, CLOCK, SETTINGS, METRICS, LOGGER],
      useFactory: (
        broker: Broker,
        clock: Clock,
        settings: AssetServerSettings,
        metrics: Metrics,
        logger: Logger,
      ): AssetServer => new AssetServer(settings, { broker, clock, logger, metrics: assetServerMetrics(metrics) }),
    },
  ],
})
export class AssetServerModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(ASSET_SERVER) private readonly server: AssetServer) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.server.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.stop();
  }
}
