import { type Broker, BrokerError, type KeyValue, type Subscription } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import { isWorldName, WORLDS_MAX } from '@app/world';
import { decodeWorldRecord, encodeWorldRecord, type WorldRecord } from './world-record.js';

/** Bucket of JetStream's key-value store: a key for each world. */
export const WORLDS_BUCKET = 'VW_WORLDS';
/** Pause before storage that is away is tried again, in ms. */
const RETRY_MS = 500;

/**
 * The worlds of the domain: those that the settings name, first and in their order, then those that were created since.
 *
 * Worlds appear while the process runs. A broker without storage takes nothing away: the worlds of the settings are there
 * in any case.
 */
export class WorldDirectory {
  private readonly records = new Map<string, WorldRecord>();
  private readonly listeners = new Set<() => void>();
  private bucket: KeyValue | undefined;
  private watch: Subscription | undefined;
  private retry: Timer | undefined;
  private isStopped = false;
  private list: readonly string[];

  /** @param configured  worlds that the settings name */
  constructor(
    private readonly broker: Broker,
    private readonly clock: Clock,
    private readonly configured: readonly string[],
  ) {
    this.list = [...new Set(configured)];
  }

  /** Resolves after the first attempt to read the bucket; storage that is away is tried again in the background. */
  async start(): Promise<void> {
    try {
      const bucket = await this.open();
      this.watch = await bucket.watch(({ key, value }) => this.see(key, value));
      if (this.isStopped) this.stop();
    } catch {
      if (!this.isStopped) this.retry = this.clock.after(RETRY_MS, () => void this.start());
    }
  }

  /** A second call is harmless. */
  stop(): void {
    this.isStopped = true;
    this.retry?.cancel();
    this.watch?.unsubscribe();
  }

  /** Names of all worlds; at least those of the settings. The array is not changed afterwards. */
  names(): readonly string[] {
    return this.list;
  }

  /** Whether there is a world of that name. */
  has(world: string): boolean {
    return this.list.includes(world);
  }

  /** Into how many parts a world is divided; undefined as long as the bucket has not said so. */
  shardsOf(world: string): number | undefined {
    return this.records.get(world)?.shards;
  }

  /** Called after worlds came or went, or became known. */
  onChange(listener: () => void): Subscription {
    const entry = (): void => listener();
    this.listeners.add(entry);
    return { unsubscribe: () => void this.listeners.delete(entry) };
  }

  /**
   * Makes a world; false when there is one of that name already, which stays as it is. Fails with
   * `broker-invalid-subject` for a name that no world can have, and with a retryable BrokerError while storage is away.
   */
  async create(world: string, options: { shards: number }): Promise<boolean> {
    if (!isWorldName(world)) throw new BrokerError('broker-invalid-subject', `"${world}" is not a world's name.`);
    const bucket = await this.open();
    const record = { createdAtMs: this.clock.wallMs(), shards: options.shards };
    try {
      await bucket.create(world, encodeWorldRecord(record));
      return true;
    } catch (error) {
      if (error instanceof BrokerError && error.code === 'broker-key-exists') return false;
      throw error;
    }
  }

  private async open(): Promise<KeyValue> {
    this.bucket ??= await this.broker.keyValue(WORLDS_BUCKET);
    return this.bucket;
  }

  private see(world: string, value: Uint8Array | undefined): void {
    if (!isWorldName(world)) return;
    const record = value && decodeWorldRecord(value);
    const known = this.records.get(world);
    if (!record) {
      if (!this.records.delete(world)) return;
    } else {
      if (known?.shards === record.shards) return;
      // A world that has things in it keeps its division, whatever somebody writes into the bucket.
      if (known || (this.records.size >= WORLDS_MAX && !this.configured.includes(world))) return;
      this.records.set(world, record);
    }
    const created = [...this.records.keys()].filter((name) => !this.configured.includes(name)).sort();
    this.list = [...new Set([...this.configured, ...created])].slice(0, WORLDS_MAX);
    for (const listener of [...this.listeners]) listener();
  }
}
