import type { Broker } from '@app/broker';
import { type Clock, pause, type Random, type Timer } from '@app/clock';
import { ClientTransport, DataTransport, MediaError, type MediaRouter, MediaWorkerPool } from '@app/media';
import {
  CannotStartError,
  type Heartbeat,
  type Instance,
  type Lifecycle,
  type Logger,
  type MemberDirectory,
  type Metrics,
  STAGE,
  UPLOAD_TICKET_KEY,
  WorldDirectory,
  obtainSecretKey,
} from '@app/runtime';
import { PACKET_BYTES_MAX } from '@app/vircadia';
import { CLIENT_RELIABLE_BYTES_MAX } from '@app/world';
import { GatewayActor } from './gateway.actor.js';
import { GatewayMetrics } from './gateway.metrics.js';
import type { GatewaySettings } from './gateway.settings.js';
import { obtainResumeKey } from './session/resume-key.js';
import { SignalingGateway } from './signaling/signaling.gateway.js';
import { SignalingRouter } from './signaling/signaling.router.js';
import type { WebTransportFactory } from './vircadia/edge/web-link.js';
import { assembleVircadia } from './vircadia/vircadia-assembly.js';
import type { TransportFactory } from './webrtc/client-media.js';
import { mediaAddressesOf } from './webrtc/media-addresses.js';

/** What the runtime provides. */
export interface GatewayParts {
  broker: Broker;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  members: MemberDirectory;
  heartbeat: Heartbeat;
  instance: Instance;
  lifecycle: Lifecycle;
}

/** A predecessor that was killed may hold the port for a moment, until its media worker has noticed, in ms. */
const PORT_WAIT_MS = 5_000;
const RETRY_DELAY_MS = 100;
/** How long the broker's store may take to answer at start, in ms. */
const KEY_WAIT_MS = 15_000;
/** Time for the last words to reach clients, in ms. */
const LAST_WORDS_MS = 150;
const CPU_INTERVAL_MS = 5_000;

/** Puts the gateway together and hooks it into the start and stop of its process. */
export function assembleGateway(settings: GatewaySettings, parts: GatewayParts): GatewayActor {
  const { broker, clock, random, logger, members, heartbeat, instance, lifecycle } = parts;
  const metrics = new GatewayMetrics(parts.metrics);
  const pool = makePool(settings, clock, logger, metrics);
  let resumeKey = new Uint8Array(0);
  let uploadKey = new Uint8Array(0);
  const gateway = new GatewayActor(
    settings as GatewaySettings & { signalingUrl: string | undefined; assetsUrl: string | undefined },
    {
      clock,
      random,
      logger,
      broker,
      metrics,
      members,
      heartbeat,
      instance,
      makeTransport: transportFactory(pool),
      resumeKey: () => resumeKey,
      uploadKey: () => uploadKey,
    },
  );
  const worlds = new WorldDirectory(broker, clock, settings.worlds);
  worlds.onChange(() => gateway.openWorlds(worlds.names()));
  const router = new SignalingRouter(gateway, clock, metrics);
  const signaling = new SignalingGateway({ ...settings, port: settings.signalingPort }, router, clock, logger, metrics);

  const makeWebTransport = dataTransportFactory(pool);
  const vircadia = assembleVircadia(settings, {
    clock,
    random,
    logger,
    metrics,
    instance,
    gateway,
    makeWebTransport,
    uploadKey: () => uploadKey,
  });

  lifecycle.onStage(STAGE.actors, {
    name: 'worlds',
    start: () => worlds.start(),
    stop: () => worlds.stop(),
  });
  lifecycle.onStage(STAGE.media, {
    name: 'keys',
    start: async () => {
      resumeKey = Uint8Array.from(await retry(() => obtainResumeKey(broker), KEY_WAIT_MS, clock));
      const obtainUploadKey = (): Promise<Uint8Array> => obtainSecretKey(broker, UPLOAD_TICKET_KEY);
      uploadKey = Uint8Array.from(await retry(obtainUploadKey, KEY_WAIT_MS, clock));
    },
  });
  let cpuTimer: Timer | undefined;
  lifecycle.onStage(STAGE.media, {
    name: 'media workers',
    start: async () => {
      await retry(() => startWorkers(pool), PORT_WAIT_MS, clock);
      cpuTimer = clock.every(
        CPU_INTERVAL_MS,
        () => void pool.cpuSeconds().then((seconds) => metrics.setWorkerCpu(seconds)),
      );
    },
    stop: () => {
      cpuTimer?.cancel();
      pool.close();
    },
  });
  lifecycle.onStage(STAGE.listen, {
    name: 'signalling',
    start: async () => {
      await retry(() => signaling.start(), PORT_WAIT_MS, clock);
      if (vircadia) await retry(() => vircadia.start(), PORT_WAIT_MS, clock);
      gateway.start();
      logger.info({ signalingPort: settings.signalingPort, mediaPort: settings.mediaPort }, 'Clients can come.');
    },
    stop: async () => {
      signaling.stopListening();
      vircadia?.stopListening();
      gateway.drain();
      await broker.flush();
      await pause(clock, LAST_WORDS_MS);
      signaling.close();
      vircadia?.close();
    },
  });
  return gateway;
}

function makePool(settings: GatewaySettings, clock: Clock, logger: Logger, metrics: GatewayMetrics): MediaWorkerPool {
  return new MediaWorkerPool(
    {
      workers: settings.mediaWorkers,
      port: settings.mediaPort,
      portStride: settings.mediaPortStride,
      listen: mediaAddressesOf(settings.listenAddress, settings.announcedAddress),
    },
    clock,
    {
      onDied: (slot, cause) => {
        metrics.countWorkerDeath();
        logger.warn({ slot, err: cause }, 'A media worker died; its clients get new offers.');
      },
      onReplaced: (slot) => logger.info({ slot }, 'A media worker has been replaced.'),
      onRestartFailed: (slot, cause, retryDelayMs) =>
        logger.error({ slot, err: cause, retryDelayMs }, 'A media worker could not be replaced yet.'),
    },
  );
}

/** @throws CannotStartError  when there is no media worker to start */
async function startWorkers(pool: MediaWorkerPool): Promise<void> {
  try {
    await pool.start();
  } catch (error) {
    if (error instanceof MediaError && error.code === 'media-worker-missing') throw new CannotStartError(error);
    throw error;
  }
}

function transportFactory(pool: MediaWorkerPool): TransportFactory {
  return async (generation, events) =>
    ClientTransport.create(routerOf(pool), { generation, messageBytesMax: CLIENT_RELIABLE_BYTES_MAX }, events);
}

function dataTransportFactory(pool: MediaWorkerPool): WebTransportFactory {
  return async (offerSdp, events) =>
    DataTransport.create(routerOf(pool), offerSdp, { messageBytesMax: PACKET_BYTES_MAX }, events);
}

function routerOf(pool: MediaWorkerPool): MediaRouter {
  const router = pool.leastLoaded();
  if (!router) throw new MediaError('media-unavailable', 'The media worker is being replaced.');
  return router;
}

async function retry<T>(attempt: () => Promise<T>, waitMs: number, clock: Clock): Promise<T> {
  const deadlineMs = clock.nowMs() + waitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof CannotStartError || clock.nowMs() >= deadlineMs) throw error;
      await pause(clock, RETRY_DELAY_MS);
    }
  }
}
