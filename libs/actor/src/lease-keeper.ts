import { type Broker, BrokerError, type KeyValue, type Subscription } from '@app/broker';
import type { Clock } from '@app/clock';
import { HolderBeats, type ProcessIdentity } from './holder-beats.js';
import { encodeLeaseRecord } from './lease-record.js';
import { LeaseView } from './lease-view.js';
import { HeldLease, type Lease } from './lease.js';
import { Listeners } from './listeners.js';

export interface LeaseKeeperOptions extends ProcessIdentity {
  /** Of JetStream's key-value store. Default VW_LEASES. */
  bucket?: string;
}

/** Pause before a release is told again that could not be told, in ms. */
const RELEASE_RETRY_MS = 200;

/**
 * Takes and gives up leases for this process. One for each process.
 *
 * Every decision between rivals is a compare-and-set in the bucket. What is seen in the watch, and how long a holder has
 * been silent, only says whether it is worth trying.
 */
export class LeaseKeeper {
  private readonly view = new LeaseView();
  private readonly beats: HolderBeats;
  private readonly held = new Map<string, HeldLease>();
  private readonly claims = new Map<string, Promise<Lease | undefined>>();
  private readonly takeable = new Listeners<string>();
  private bucket: KeyValue | undefined;
  private watch: Subscription | undefined;
  private isStopped = false;

  constructor(
    private readonly broker: Broker,
    private readonly clock: Clock,
    private readonly options: LeaseKeeperOptions,
  ) {
    this.beats = new HolderBeats(
      broker,
      clock,
      options,
      () => this.held.size > 0,
      (instance) => this.tellTakeable(this.view.keysOf(instance)),
    );
  }

  /** Resolves when all present leases are known. Fails with a BrokerError while storage is away; can be called again. */
  async start(): Promise<void> {
    const bucket = await this.broker.keyValue(this.options.bucket ?? 'VW_LEASES');
    const watch = await bucket.watch(({ key, value, revision }) => this.see(key, value, revision));
    if (this.isStopped) return watch.unsubscribe();
    this.watch = watch;
    this.bucket = bucket;
    this.beats.start();
  }

  /** Releases everything; nothing can be claimed afterwards. A second call is harmless. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all([...this.held.values()].map((lease) => this.release(lease)));
    this.beats.stop();
    this.watch?.unsubscribe();
  }

  /**
   * A key may be worth claiming now: its lease was released (by anybody, this process included), or its holder is gone.
   * Keys that nobody has ever claimed are not told.
   */
  onTakeable(listener: (key: string) => void): Subscription {
    return this.takeable.add(listener);
  }

  /** The lease of this process; undefined when it has none. */
  get(key: string): Lease | undefined {
    return this.held.get(key);
  }

  /** Who has the key, alive or not; undefined when nobody has. */
  holderOf(key: string): (ProcessIdentity & { epoch: number }) | undefined {
    const record = this.view.get(key)?.record;
    if (!record || record.released) return undefined;
    return { instance: record.holder, epochMs: record.holderEpochMs, epoch: record.epoch };
  }

  /** Nobody holds it, or its holder is gone. False for what this process holds itself. */
  isTakeable(key: string): boolean {
    if (this.held.has(key)) return false;
    const record = this.view.get(key)?.record;
    if (!record || record.released) return true;
    const isOwn = record.holder === this.options.instance && record.holderEpochMs === this.options.epochMs;
    // Its own name without a lease: a claim whose answer was lost, or a release that could not be told.
    return isOwn || !this.beats.isAlive(record.holder, record.holderEpochMs);
  }

  /**
   * Takes the lease if it is takeable and no rival is faster. Undefined otherwise, also while the broker is away: try
   * again later. A key that this process holds already gives the same lease.
   */
  claim(key: string): Promise<Lease | undefined> {
    const own = this.held.get(key);
    if (own) return Promise.resolve(own);
    let claim = this.claims.get(key);
    if (!claim) {
      claim = this.tryClaim(key).finally(() => this.claims.delete(key));
      this.claims.set(key, claim);
    }
    return claim;
  }

  /** Gives it up: others may take it at once. While the broker is away that is told later. Never fails. */
  async release(lease: Lease): Promise<void> {
    if (this.held.get(lease.key) !== lease) return;
    const held = lease as HeldLease;
    this.forget(held);
    const isTold = await this.tellReleased(held);
    if (!isTold && !this.isStopped) this.retryRelease(held);
  }

  private async tryClaim(key: string): Promise<Lease | undefined> {
    if (!this.bucket || this.isStopped || !this.broker.isConnected || !this.isTakeable(key)) return undefined;
    const { revision: seen, epochMax } = this.view.get(key) ?? { revision: 0, epochMax: 0 };
    const { instance: holder, epochMs: holderEpochMs } = this.options;
    const record = { holder, holderEpochMs, epoch: epochMax + 1, released: false };
    const value = encodeLeaseRecord(record);
    const revision = await succeeded(seen ? this.bucket.update(key, value, seen) : this.bucket.create(key, value));
    return revision === undefined ? undefined : this.hold(new HeldLease(key, record, revision));
  }

  /** The bucket has it. What the watch has told meanwhile may be newer. */
  private async hold(lease: HeldLease): Promise<Lease | undefined> {
    const sight = this.view.get(lease.key);
    if (sight && sight.revision > lease.revision) return undefined;
    this.held.set(lease.key, lease);
    this.beats.beat();
    if (!this.isStopped) return lease;
    await this.release(lease);
    return undefined;
  }

  private see(key: string, value: Uint8Array | undefined, revision: number): void {
    const sight = this.view.accept(key, value, revision);
    const held = this.held.get(key);
    // Taken over by somebody else, or removed.
    if (held && !held.matches(sight?.record)) this.forget(held);
    const record = sight?.record;
    if (record) this.beats.hear(record.holder, record.holderEpochMs);
    if (!record || record.released) this.tellTakeable([key]);
  }

  private forget(lease: HeldLease): void {
    this.held.delete(lease.key);
    lease.end();
  }

  private tellTakeable(keys: readonly string[]): void {
    for (const key of keys) if (this.isTakeable(key)) this.takeable.tell(key);
  }

  /** False when it must be told again. */
  private async tellReleased(lease: HeldLease): Promise<boolean> {
    try {
      const value = encodeLeaseRecord({ ...lease.record, released: true });
      await this.bucket?.update(lease.key, value, lease.revision);
      return true;
    } catch (error) {
      // Somebody has taken it already; there is nothing left to release.
      return isConflict(error);
    }
  }

  /** As long as this process beats for other leases, nobody would dare to take this one. */
  private retryRelease(lease: HeldLease): void {
    this.clock.after(RELEASE_RETRY_MS, () => {
      if (this.isStopped) return;
      void this.tellReleased(lease).then((isTold) => {
        if (!isTold) this.retryRelease(lease);
      });
    });
  }
}

/** The revision that was written; undefined when a rival was faster or the broker is away. */
async function succeeded(write: Promise<number>): Promise<number | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isConflict(error) || (error instanceof BrokerError && error.retryable)) return undefined;
    throw error;
  }
}

function isConflict(error: unknown): boolean {
  return (
    error instanceof BrokerError && (error.code === 'broker-revision-conflict' || error.code === 'broker-key-exists')
  );
}
