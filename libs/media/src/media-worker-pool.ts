import type { Clock, Timer } from '@app/clock';
import * as mediasoup from 'mediasoup';
import { MediaError } from './media.errors.js';
import { MediaRouter } from './media-router.js';

type MediaWorker = mediasoup.types.Worker;

/** Where media workers listen. */
export interface MediaWorkerPoolOptions {
  /** Worker processes, 1 or more. Each uses one core at most. */
  workers: number;
  /** UDP and TCP port of the first worker. */
  port: number;
  /** Distance between the ports of neighbouring workers. */
  portStride: number;
  /**
   * Addresses to listen on, each with the one that clients are told when it is another one (NAT, containers). Clients are
   * never told 0.0.0.0, so that one needs an announced address.
   */
  listen: ReadonlyArray<{ address: string; announcedAddress?: string }>;
}

/** What the pool tells its owner. */
export interface MediaWorkerPoolEvents {
  /** A worker process died; all transports on it are gone. It is being replaced. */
  onDied(slot: number, cause: Error): void;
  /** A dead worker's place is taken by a new one; clients can be moved to it. */
  onReplaced(slot: number): void;
  /** A replacement failed to start; the next attempt follows after `retryDelayMs`. */
  onRestartFailed(slot: number, cause: Error, retryDelayMs: number): void;
}

interface Slot {
  router?: MediaRouter;
  worker?: MediaWorker;
  retry?: Timer;
  failures: number;
}

/** How Node.js says that there is no such program, or none that this machine can run. */
const MISSING_PROGRAM = /^spawn (?:.* )?(ENOENT|ENOTDIR|EACCES|ENOEXEC)$/s;
const RETRY_DELAY_MS_MIN = 50;
const RETRY_DELAY_MS_MAX = 2_000;

/**
 * The media worker processes of a gateway. Each has one port for all of its clients. One that dies is replaced at once,
 * on the same port; what ran on it is lost, and its clients are moved by whoever listens to `onReplaced`.
 */
export class MediaWorkerPool {
  private readonly slots: Slot[] = [];
  private isClosed = false;

  constructor(
    private readonly options: MediaWorkerPoolOptions,
    private readonly clock: Clock,
    private readonly events: MediaWorkerPoolEvents,
  ) {}

  /**
   * Starts all workers; fails with `media-unavailable` when one cannot start, for example because its port is taken. It can
   * be tried again then. Fails with `media-worker-missing` when there is no program to start: trying again is useless.
   */
  async start(): Promise<void> {
    this.release();
    this.isClosed = false;
    for (let index = 0; index < this.options.workers; index++) this.slots.push({ failures: 0 });
    try {
      await Promise.all(this.slots.map((_, index) => this.startWorker(index)));
    } catch (cause) {
      this.close();
      const missing = MISSING_PROGRAM.exec(messageOf(cause))?.[1];
      if (missing) throw new MediaError('media-worker-missing', missingSentence(missing), { cause });
      throw new MediaError('media-unavailable', `A media worker did not start: ${messageOf(cause)}`, { cause });
    }
  }

  /** The living worker with the fewest clients; undefined while all are being replaced. */
  leastLoaded(): MediaRouter | undefined {
    let best: MediaRouter | undefined;
    for (const { router } of this.slots) {
      if (router && !router.isClosed && (!best || router.clientCount < best.clientCount)) best = router;
    }
    return best;
  }

  /** Operating system process numbers of the living workers. */
  pids(): number[] {
    return this.slots.flatMap(({ worker }) => (worker ? [worker.pid] : []));
  }

  /** CPU time that the living workers have used since they started, in s. */
  async cpuSeconds(): Promise<number> {
    const usages = await Promise.all(this.slots.map(({ worker }) => worker?.getResourceUsage().catch(() => undefined)));
    return usages.reduce((sum, usage) => sum + (usage ? usage.ru_utime + usage.ru_stime : 0), 0) / 1_000;
  }

  /** Ends all workers; a second call is harmless. */
  close(): void {
    this.isClosed = true;
    this.release();
  }

  private release(): void {
    for (const slot of this.slots.splice(0)) {
      slot.retry?.cancel();
      slot.router?.close();
      slot.worker?.close();
      slot.router = undefined;
      slot.worker = undefined;
    }
  }

  private async startWorker(index: number): Promise<void> {
    const slot = this.slots[index];
    if (!slot) return;
    const worker = await mediasoup.createWorker({ logLevel: 'error' });
    keepUntilClosed(worker);
    try {
      const port = this.options.port + index * this.options.portStride;
      const server = await worker.createWebRtcServer({
        listenInfos: this.options.listen.flatMap(({ address, announcedAddress }) => {
          const listen = { ip: address, announcedAddress, port };
          return [{ ...listen, protocol: 'udp' } as const, { ...listen, protocol: 'tcp' } as const];
        }),
      });
      slot.router = await MediaRouter.create(worker, server);
    } catch (cause) {
      worker.close();
      throw cause;
    }
    if (this.isClosed || this.slots[index] !== slot) {
      slot.router.close();
      worker.close();
      return;
    }
    slot.worker = worker;
    slot.failures = 0;
    worker.on('died', (cause) => this.handleDeath(index, worker, cause));
    // It may have died between its last answer and this line.
    if (worker.died) this.handleDeath(index, worker, new Error('died while starting'));
  }

  private handleDeath(index: number, worker: MediaWorker, cause: Error): void {
    const slot = this.slots[index];
    if (this.isClosed || slot?.worker !== worker) return;
    slot.router?.close();
    slot.router = undefined;
    slot.worker = undefined;
    this.events.onDied(index, cause);
    this.replace(index);
  }

  private replace(index: number): void {
    const slot = this.slots[index];
    this.startWorker(index).then(
      () => {
        if (!this.isClosed && slot.worker) this.events.onReplaced(index);
      },
      (cause: unknown) => {
        if (this.isClosed) return;
        slot.router = undefined;
        const delayMs = Math.min(RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN * 2 ** slot.failures++);
        this.events.onRestartFailed(index, cause instanceof Error ? cause : new Error(String(cause)), delayMs);
        slot.retry = this.clock.after(delayMs, () => this.replace(index));
      },
    );
  }
}

/**
 * mediasoup closes its workers by itself at the first signal, before the gateway could tell its clients. We decide the
 * order of a shutdown; a worker whose parent is gone ends anyway, because its pipe breaks.
 */
function keepUntilClosed(worker: MediaWorker): void {
  const { onSignal } = worker as unknown as { onSignal?: (signal: NodeJS.Signals) => void };
  if (!onSignal) return;
  process.removeListener('SIGINT', onSignal);
  process.removeListener('SIGTERM', onSignal);
}

function missingSentence(systemCode: string): string {
  const program = `${mediasoup.workerBin} (${systemCode})`;
  return `The media worker is missing: ${program}; run \`npm start\`, which sets it up, or set MEDIASOUP_WORKER_BIN.`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
