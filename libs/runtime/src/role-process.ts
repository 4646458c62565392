import type { Broker } from '@app/broker';
import type { Clock, Random } from '@app/clock';
import type { SettingsSchema } from '@app/settings';
import type { INestApplication, INestMicroservice, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BrokerTransport } from './broker-transport.js';
import type { CommonSettings } from './common.settings.js';
import { FailureFilter } from './failure.filter.js';
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
        this.watchBroker(broker);
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
    let app: INestApplication | INestMicroservice | undefined;
    this.lifecycle.onStage(STAGE.actors, {
      name: 'actors',
      start: async () => {
        const common = { logger: new NestLogger(logger), abortOnError: false };
        app = this.options.http
          ? await this.startHttpApplication(await NestFactory.create(root, common), transport)
          : await startBrokerApplication(
              await NestFactory.createMicroservice(root, { ...common, strategy: transport }),
            );
      },
      stop: () => app?.close(),
    });
  }

  private async startHttpApplication(app: INestApplication, transport: BrokerTransport): Promise<INestApplication> {
    const http = this.options.http as HttpOptions<CommonSettings>;
    app.connectMicroservice({ strategy: transport }).useGlobalFilters(new FailureFilter());
    http.configure?.(app, this.ground.settings);
    await app.init();
    await app.startAllMicroservices();
    const { port, host } = http.address(this.ground.settings);
    this.lifecycle.onStage(STAGE.listen, { name: 'http', start: async () => void (await app.listen(port, host)) });
    return app;
  }

  /** Numbers about the connection, and a line in the log when it comes or goes. */
  private watchBroker(broker: Broker): void {
    const connected = this.metrics.gauge('broker_connected', '1 while the broker is connected.');
    const lost = this.metrics.counter('broker_disconnects_total', 'Losses of the connection to the broker.');
    connected.set(1);
    broker.onStatus((status) => {
      if (status.type === 'connected') {
        connected.set(1);
        this.ground.logger.info('The broker is connected.');
      } else if (status.type === 'disconnected') {
        connected.set(0);
        lost.inc();
        this.ground.logger.warn('The broker is disconnected.');
      } else if (status.type === 'slow-consumer') {
        this.ground.logger.warn(
          { subject: status.subject },
          'This process does not keep up with a subject; messages are lost.',
        );
      }
    });
  }
}

async function startBrokerApplication(app: INestMicroservice): Promise<INestMicroservice> {
  app.useGlobalFilters(new FailureFilter());
  await app.listen();
  return app;
}
