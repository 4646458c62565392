import type { Broker } from '@app/broker';
import type { Clock, Random } from '@app/clock';
import type { SettingsSchema } from '@app/settings';
import type { INestApplication, INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BrokerTransport } from './broker-transport.js';
import { watchBroker } from './broker-watch.js';
import type { CommonSettings } from './common.settings.js';
import { BrokerHeartbeat, RoleState } from './heartbeat.js';
import type { Instance } from './instance.js';
import { STAGE, StagedLifecycle } from './lifecycle.js';
import type { Logger } from './logger.js';
import { BrokerMemberDirectory } from './member-directory.js';
import { PrometheusMetrics } from './metrics.js';
import { answerMetrics } from './metrics-responder.js';
import { NestLogger } from './nest-logger.js';
import { RoleRootModule } from './runtime.module.js';
import * as tokens from './tokens.js';

/** Turns a role's Nest application into an HTTP server; only the domain-server has one. */
export interface HttpOptions<S> {
  /** Called before Nest is initialised: middleware, headers, limits. */
  configure?: (app: INestApplication, settings: S) => void;
  address: (settings: S) => { port: number; host: string };
}

export interface RoleOptions {
  role: string;
  /** The role's root Nest module. */
  module: Type;
  /** What the role can be told, besides the settings of every role. */
  settings: SettingsSchema;
  http?: HttpOptions<never>;
}

/** What a role process stands on; replaced in tests. */
export interface RoleGround {
  clock: Clock;
  random: Random;
  logger: Logger;
  instance: Instance;
  settings: CommonSettings;
  pid: number;
  /** Resolves when the broker answers, or fails after its patience. */
  connect: () => Promise<Broker>;
}

/** One role in this process: its stages, from the broker to READY and back. */
export class RoleProcess {
  readonly lifecycle: StagedLifecycle;
  readonly metrics = new PrometheusMetrics();
  private heartbeat: BrokerHeartbeat | undefined;
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly options: RoleOptions,
    private readonly ground: RoleGround,
  ) {
    this.lifecycle = new StagedLifecycle(ground.clock, ground.logger);
  }

  /** Resolves when the role is READY; fails when a stage failed (call `stop` then). */
  async start(): Promise<void> {
    const { lifecycle, ground } = this;
    lifecycle.onStage(STAGE.broker, this.brokerStage());
    await lifecycle.start();
    if (lifecycle.isStopping) return;
    this.heartbeat?.enter(RoleState.ROLE_STATE_READY);
    ground.logger.info('Ready.');
  }

  /** Drains: tells everybody, runs the stages backwards. A second call returns the same promise. */
  stop(): Promise<void> {
    this.stopping ??= this.drain();
    return this.stopping;
  }

  private async drain(): Promise<void> {
    this.heartbeat?.enter(RoleState.ROLE_STATE_DRAINING);
    await this.lifecycle.stop();
  }

  private brokerStage(): { name: string; start: () => Promise<void>; stop: () => Promise<void> } {
    const { clock, instance, logger, pid } = this.ground;
    let broker: Broker | undefined;
    let members: BrokerMemberDirectory | undefined;
    return {
      name: 'broker',
      start: async () => {
        broker = await this.ground.connect();
        const dropped = this.metrics.counter('member_heartbeats_dropped_total', 'Heartbeats that could not be used.', [
          'reason',
        ]);
        members = new BrokerMemberDirectory(broker, clock, (reason) => dropped.inc(1, { reason }));
        members.start();
        answerMetrics(broker, instance, this.metrics, logger);
        watchBroker(broker, this.metrics, logger);
        this.heartbeat = new BrokerHeartbeat(broker, clock, instance, pid);
        this.heartbeat.start();
        this.addActorStage(broker, members, this.heartbeat);
      },
      stop: async () => {
        this.heartbeat?.enter(RoleState.ROLE_STATE_STOPPED);
        members?.stop();
        await broker?.drain();
      },
    };
  }

  private addActorStage(broker: Broker, members: BrokerMemberDirectory, heartbeat: BrokerHeartbeat): void {
    const { clock, random, instance, logger, settings } = this.ground;
    const transport = new BrokerTransport(broker, instance.instanceId, logger, this.metrics, () => clock.nowMs());
    const root = RoleRootModule.of(
      [
        [tokens.BROKER, broker],
        [tokens.CLOCK, clock],
        [tokens.RANDOM, random],
        [tokens.LOGGER, logger],
        [tokens.METRICS, this.metrics],
        [tokens.SETTINGS, settings],
        [tokens.INSTANCE, instance],
        [tokens.MEMBERS, members],
        [tokens.HEARTBEAT, heartbeat],
        [tokens.LIFECYCLE, this.lifecycle],
      ],
      transport,
      this.options.module,
    );
    let app: INestApplicationContext | undefined;
    this.lifecycle.onStage(STAGE.actors, {
      name: 'actors',
      start: async () => {
        const common = { logger: new NestLogger(logger), abortOnError: false };
        app = this.options.http
          ? await this.startHttpApplication(await NestFactory.create(root, { ...common, bodyParser: false }))
          : await NestFactory.createApplicationContext(root, common);
      },
      stop: async () => {
        await transport.close();
        await app?.close();
      },
    });
  }

  private async startHttpApplication(app: INestApplication): Promise<INestApplication> {
    const http = this.options.http as HttpOptions<CommonSettings>;
    http.configure?.(app, this.ground.settings);
    await app.init();
    const { port, host } = http.address(this.ground.settings);
    this.lifecycle.onStage(STAGE.listen, { name: 'http', start: async () => void (await app.listen(port, host)) });
    return app;
  }
}
