import type { Random } from '@app/clock';
import type { vicinity } from '@app/wire';

/** What the network between clients and gateway does. */
export interface NetworkFaults {
  /** Share of the packets that never arrive, in [0, 1]. */
  loss: number;
  /** Mean of what packets are late by, in ms; a few are late by several times as much. */
  jitterMs: number;
}

/** Longest delay, in steps: packets that would be later are as late as this. */
const STEPS_MAX = 15;

/** Packets on their way: some are lost, all are late, and some overtake others. Allocates only while it fills. */
export class BadNetwork {
  private readonly arrivals: vicinity.v1.ISourcePacket[][] = Array.from({ length: STEPS_MAX + 1 }, () => []);
  private step = 0;

  constructor(
    private readonly faults: NetworkFaults,
    private readonly random: Random,
    private readonly stepMs: number,
  ) {}

  send(packet: vicinity.v1.ISourcePacket): void {
    if (this.random.next() < this.faults.loss) return;
    const lateMs = -this.faults.jitterMs * Math.log(1 - this.random.next());
    const steps = 1 + Math.min(STEPS_MAX - 1, Math.floor(lateMs / this.stepMs));
    this.arrivals[(this.step + steps) % this.arrivals.length].push(packet);
  }

  /** What has arrived since the last step. The caller's to keep until it is told `forget`. */
  advance(): vicinity.v1.ISourcePacket[] {
    this.step++;
    return this.arrivals[this.step % this.arrivals.length];
  }

  /** The arrivals of this step have been taken. */
  forget(): void {
    this.arrivals[this.step % this.arrivals.length].length = 0;
  }
}
