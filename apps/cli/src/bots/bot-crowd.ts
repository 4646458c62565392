import { type Clock, TickLoop } from '@app/clock';
import { Bot, LEAVE_MS } from './bot.js';
import type { BotSurroundings, OpenSocket } from './bot-surroundings.js';
import type { BotHabits } from './bots.settings.js';
import { layOutCrowd } from './crowd-layout.js';
import { type CrowdReading, CrowdTally, type HistogramName } from './crowd-tally.js';
import { type MarkerVoice, markerVoice } from './delay-probe.js';
import type { HistogramCounts } from './histogram.js';
import { VoiceBank } from './voice-bank.js';
import { walkCycle } from './walk-cycle.js';

/** How often it is looked which bots have something to do, in ms: no frame is later than that. */
const LOOK_INTERVAL_MS = 2;

/** Which of all bots a process has. */
export interface CrowdShare {
  /** Index of the first. */
  readonly first: number;
  readonly count: number;
  /** Of all processes. */
  readonly total: number;
  /** Pairs, of all processes. */
  readonly pairs: number;
  /** How many bots of this process come in a second. */
  readonly rampPerSecond: number;
}

/** Bots of one process. */
export class BotCrowd {
  private readonly tally = new CrowdTally();
  private readonly bots: readonly Bot[];
  private readonly loop: TickLoop;
  private measuredSinceMs = 0;
  private isComing = true;
  private endWaiting: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    habits: BotHabits,
    private readonly share: CrowdShare,
    openSocket: OpenSocket,
  ) {
    const bank = new VoiceBank(habits.isStereo);
    const markers = new Map<string, MarkerVoice>();
    const surroundings: BotSurroundings = {
      clock,
      habits,
      openSocket,
      bank,
      walk: walkCycle(habits.jointCount),
      tally: this.tally,
      markerVoice: (codec) => {
        const made = markers.get(codec) ?? markerVoice(bank, codec);
        markers.set(codec, made);
        return made;
      },
    };
    // Before anybody talks: it takes a second, in which nobody could be served.
    bank.voices(habits.codec);
    if (share.pairs > 0) surroundings.markerVoice(habits.codec);
    this.bots = this.makeBots(surroundings);
    this.loop = new TickLoop(clock, LOOK_INTERVAL_MS, () => this.look(), 50);
  }

  /** How many are in. */
  get joinedCount(): number {
    return this.bots.filter(({ isIn }) => isIn).length;
  }

  /** Lets them come one after the other; resolves when the last one has set out. Fails when a socket cannot be had. */
  async start(): Promise<void> {
    this.loop.start();
    const beganMs = this.clock.nowMs();
    for (const [index, bot] of this.bots.entries()) {
      const waitMs = beganMs + (index * 1_000) / this.share.rampPerSecond - this.clock.nowMs();
      if (waitMs > 1) {
        await new Promise<void>((resolve) => {
          this.endWaiting = resolve;
          this.clock.after(waitMs, resolve);
        });
      }
      if (!this.isComing) return;
      await bot.start();
    }
  }

  /** Whoever has not set out yet stays at home, and `start` resolves. */
  stopComing(): void {
    this.isComing = false;
    this.endWaiting?.();
  }

  beginMeasuring(): void {
    this.tally.beginMeasuring();
    for (const bot of this.bots) bot.clear();
    this.measuredSinceMs = this.clock.nowMs();
  }

  read(): CrowdReading {
    const { counts, histograms, refusals } = this.tally;
    const told = Object.entries(histograms).map(([name, histogram]) => [name, histogram.told()]);
    return {
      seconds: (this.clock.nowMs() - this.measuredSinceMs) / 1_000,
      counts: { ...counts },
      histograms: Object.fromEntries(told) as Record<HistogramName, HistogramCounts>,
      refusals: [...refusals],
      bots: this.bots.map((bot) => bot.read()),
    };
  }

  /** Says goodbye; resolves when that has been sent. */
  async leave(): Promise<void> {
    this.loop.stop();
    for (const bot of this.bots) bot.leave();
    await new Promise<void>((resolve) => this.clock.after(LEAVE_MS, resolve));
  }

  private look(): void {
    const nowMs = this.clock.nowMs();
    for (const bot of this.bots) bot.tick(nowMs);
  }

  private makeBots(surroundings: BotSurroundings): Bot[] {
    const { first, count, total, pairs } = this.share;
    const { diameterM, walkingShare, seed } = surroundings.habits;
    const parts = layOutCrowd(total, pairs, diameterM, walkingShare, seed).slice(first, first + count);
    const bots: Bot[] = [];
    parts.forEach((part, at) => {
      const partner = part.role === 'mouth' ? (sentMs: number) => bots[at + 1]?.audio.expectMarker(sentMs) : undefined;
      bots.push(new Bot(first + at, total, part, surroundings, partner));
    });
    return bots;
  }
}
