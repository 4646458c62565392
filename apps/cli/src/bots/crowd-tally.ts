import { Histogram, type HistogramCounts } from './histogram.js';

/** What is counted of all bots of a process together. Delays and times in ms. */
export class CrowdTally {
  readonly histograms = {
    /** From the first request to the domain's list, and to the first frame of sound. */
    list: new Histogram(),
    join: new Histogram(),
    mixInterval: new Histogram(),
    avatarAge: new Histogram(1),
    avatarInterval: new Histogram(),
    delay: new Histogram(),
    chatDelay: new Histogram(1),
    /** How late the bots themselves are with their frames: beyond 10 ms this machine is too slow for them. */
    lateness: new Histogram(),
  };
  readonly counts = {
    joins: 0,
    /** Visits in which the domain stopped answering. */
    lost: 0,
    denied: 0,
    framesSent: 0,
    /** Frames that were never sent because this machine was too slow. */
    framesSkipped: 0,
    avatarsSent: 0,
    markersSent: 0,
    chatSent: 0,
    chatHeard: 0,
    editsSent: 0,
    entityPackets: 0,
    datagramsIn: 0,
    datagramsOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    /** By our own bad network. */
    datagramsLost: 0,
  };
  /** Why bots were not let in. */
  readonly refusals = new Map<string, number>();

  /** Forgets everything but what happened at the door: people join before it is measured. */
  beginMeasuring(): void {
    for (const [name, histogram] of Object.entries(this.histograms)) {
      if (name !== 'list' && name !== 'join') histogram.clear();
    }
    const { joins, lost, denied } = this.counts;
    for (const name of Object.keys(this.counts) as CountName[]) this.counts[name] = 0;
    Object.assign(this.counts, { joins, lost, denied });
  }

  refuse(reason: string): void {
    this.counts.denied++;
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }
}

export type CountName = keyof CrowdTally['counts'];
export type HistogramName = keyof CrowdTally['histograms'];

/** What one bot has heard and seen while it was measured. */
export interface BotReading {
  readonly mixes: number;
  readonly silences: number;
  readonly missing: number;
  readonly late: number;
  readonly updates: number;
  readonly withJoints: number;
  readonly avatarBytes: number;
  /** Others that it knows of. */
  readonly seen: number;
  /** Packets that could not be read, or whose hash or version was wrong. */
  readonly faults: number;
}

/** What one process has measured, as it is told to another. */
export interface CrowdReading {
  readonly seconds: number;
  readonly counts: Readonly<Record<CountName, number>>;
  readonly histograms: Readonly<Record<HistogramName, HistogramCounts>>;
  readonly refusals: ReadonlyArray<readonly [reason: string, count: number]>;
  readonly bots: readonly BotReading[];
}
