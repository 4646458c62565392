import { type Broker, subjectOf, type Subscription } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import { decodeMessage, encodeMessage } from '@app/wire';
import { type InstanceId, isInstanceId, LEASE_BEAT_INTERVAL_MS, LEASE_SILENCE_MS_MAX, MEMBERS_MAX } from '@app/world';

/** A process, told from its predecessor of the same name. */
export interface ProcessIdentity {
  instance: InstanceId;
  /** When it was started, ms since 1970-01-01 UTC. */
  epochMs: number;
}

/** After the broker was away, others may come back to it this much later than this process, in ms. */
const RETURN_GRACE_MS = 1_000;

/** The most that lateness adds to the patience, in ms: that of this process, and that of a holder. */
const LATENESS_MS_MAX = 500;

interface Holder {
  epochMs: number;
  /** Time without a beat in which it would have been heard, as of the newest tick, in ms; negative after an outage. */
  silentMs: number;
  /** How late its beats lately came, in ms; see `lateness`. */
  latenessMs: number;
}

/**
 * Tells others that this process lives while it holds something, and listens to what others tell.
 *
 * Silence is counted in ticks of this process, each of which counts no more than its length, and only while the broker is
 * connected: a process that was late, asleep or cut off has heard nobody, which says nothing about the others. As late as
 * this process lately was, and as late as a holder's beats lately came, so much longer is waited for the next one; where
 * everything is on time, that is nothing.
 */
export class HolderBeats {
  private readonly holders = new Map<InstanceId, Holder>();
  private readonly subscriptions: Subscription[] = [];
  private timer: Timer | undefined;
  private tickedAtMs = 0;
  /** How late this process lately was, in ms; see `lateness`. */
  private latenessMs = 0;

  /**
   * @param isHolding  whether this process holds anything
   * @param onDead     called when an instance has fallen silent, or another process has come under its name
   */
  constructor(
    private readonly broker: Broker,
    private readonly clock: Clock,
    private readonly self: ProcessIdentity,
    private readonly isHolding: () => boolean,
    private readonly onDead: (instance: InstanceId) => void,
  ) {}

  start(): void {
    this.tickedAtMs = this.clock.nowMs();
    this.subscriptions.push(
      this.broker.subscribe(subjectOf('holderBeat'), ({ data }) => this.receive(data)),
      this.broker.onStatus(({ type }) => {
        if (type === 'connected') this.excuseAll();
      }),
    );
    this.timer = this.clock.every(LEASE_BEAT_INTERVAL_MS, () => this.tick());
  }

  stop(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
    this.timer?.cancel();
  }

  /** Tells now that this process lives. */
  beat(): void {
    const subject = subjectOf('holderBeat', { who: this.self.instance });
    this.broker.publish(
      subject,
      encodeMessage('HolderBeat', { instanceId: this.self.instance, epochMs: this.self.epochMs }),
    );
  }

  /** Takes a sign of life: a beat, or a lease that was just taken. From now its time until the next one is counted. */
  hear(instance: InstanceId, epochMs: number): void {
    if (instance === this.self.instance && epochMs === this.self.epochMs) return;
    const known = this.holders.get(instance);
    // A late word of a process that has been replaced proves nothing.
    if (known ? epochMs < known.epochMs : this.holders.size >= MEMBERS_MAX) return;
    // The next tick counts the whole time since the one before, of which this part was no silence.
    const sinceTickMs = this.sinceTickMs();
    const latenessMs = known ? lateness(known.latenessMs, known.silentMs + sinceTickMs) : 0;
    this.holders.set(instance, { epochMs, silentMs: -sinceTickMs, latenessMs });
    if (known && known.epochMs < epochMs) this.onDead(instance);
  }

  /** False when it has been silent for too long, or another process has come under its name. */
  isAlive(instance: InstanceId, epochMs: number): boolean {
    if (instance === this.self.instance && epochMs <= this.self.epochMs) return epochMs === this.self.epochMs;
    const holder = this.holders.get(instance);
    return holder !== undefined && holder.epochMs <= epochMs;
  }

  private receive(data: Uint8Array): void {
    try {
      const { instanceId, epochMs } = decodeMessage('HolderBeat', data);
      if (isInstanceId(instanceId)) this.hear(instanceId, epochMs);
    } catch {
      // What is no beat is no sign of life.
    }
  }

  private tick(): void {
    const elapsedMs = this.sinceTickMs();
    this.latenessMs = lateness(this.latenessMs, this.clock.nowMs() - this.tickedAtMs);
    this.tickedAtMs = this.clock.nowMs();
    if (!this.broker.isConnected) return;
    if (this.isHolding()) this.beat();
    for (const [instance, holder] of [...this.holders]) {
      holder.silentMs += elapsedMs;
      if (holder.silentMs <= LEASE_SILENCE_MS_MAX + this.latenessMs + holder.latenessMs) continue;
      this.holders.delete(instance);
      this.onDead(instance);
    }
  }

  private sinceTickMs(): number {
    return Math.min(LEASE_BEAT_INTERVAL_MS, this.clock.nowMs() - this.tickedAtMs);
  }

  private excuseAll(): void {
    for (const holder of this.holders.values()) holder.silentMs = -RETURN_GRACE_MS;
  }
}

/** By how much something that should come every LEASE_BEAT_INTERVAL_MS was late, in ms; half forgotten each time. */
function lateness(beforeMs: number, distanceMs: number): number {
  return Math.max(beforeMs / 2, Math.min(LATENESS_MS_MAX, distanceMs - LEASE_BEAT_INTERVAL_MS));
}
