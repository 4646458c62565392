import type { SpatialQuality } from '@app/dsp';
import { MIX_TICK_MS } from '@app/world';

/**
 * What is given up when the work does not fit the tick, in this order: first far voices, the most distant ones first,
 * then near ones are rendered more cheaply; the nearest four never.
 */
export const SHEDDING_LEVELS: readonly SpatialQuality[] = [
  { nearSourcesMax: 64, farSourcesMax: Infinity },
  { nearSourcesMax: 64, farSourcesMax: 96 },
  { nearSourcesMax: 64, farSourcesMax: 64 },
  { nearSourcesMax: 64, farSourcesMax: 40 },
  { nearSourcesMax: 64, farSourcesMax: 24 },
  { nearSourcesMax: 64, farSourcesMax: 12 },
  { nearSourcesMax: 12, farSourcesMax: 12 },
  { nearSourcesMax: 8, farSourcesMax: 12 },
  { nearSourcesMax: 6, farSourcesMax: 8 },
  { nearSourcesMax: 4, farSourcesMax: 4 },
];

/** Share of the tick above which quality is given up. */
const LOAD_MAX = 0.9;
/** Share of the tick below which quality comes back. Well below LOAD_MAX, or it would swing. */
const LOAD_EASY = 0.6;
/** Share of the tick below which quality comes back three times as fast. */
const LOAD_VERY_EASY = 0.3;
/** The most that one tick counts for, in ms. */
const SPENT_MS_MAX = 1.5 * MIX_TICK_MS;
/**
 * A tick counts for at most so many times the processor time that the process used for it. On a machine that is busy with
 * other things, ticks take long although the mixer is cheap, and giving up voices would not make them shorter. A mixer
 * that uses a third of a core or more does win something, even if it is others who make it late: perhaps other mixers.
 */
const WALL_PER_CPU_MAX = 3;
/** Weight of one tick in the average: half a second of memory. */
const WEIGHT = 1 / 25;
/** Ticks between two steps downwards: the average has to see the first one before a second is taken. */
const TICKS_BEFORE_LESS = 25;
/** Ticks of easy load before a step upwards; doubled whenever the last one proved to be too much, up to the maximum. */
const TICKS_BEFORE_MORE = 150;
const TICKS_BEFORE_MORE_MAX = 3_000;

/** Decides how much quality the mixer can afford, from the time that its ticks take and cost. */
export class Shedding {
  /** Index into SHEDDING_LEVELS. */
  level = 0;
  private average = 0;
  private ticksAtLevel = 0;
  private easyTicks = 0;
  private patience = TICKS_BEFORE_MORE;
  private wasRaised = false;

  /**
   * Share of the tick that is used, smoothed; time that others took from a cheap mixer is left out. Above 1 ticks are
   * being skipped.
   */
  get load(): number {
    return this.average / MIX_TICK_MS;
  }

  /**
   * A tick took `durationMs`. Returns whether the level has changed.
   *
   * @param skipped  ticks that were left out before it, which are signs of overload by themselves
   * @param cpuMs    processor time that the process used since the tick before, skipped ones included
   */
  tickTook(durationMs: number, skipped: number, cpuMs: number): boolean {
    // One long tick (a garbage collection, another process) counts as no more than a full one and a half. So does one
    // after a gap: what fills the time between ticks is overload, too.
    const wallMs = skipped > 0 ? SPENT_MS_MAX : Math.min(durationMs, SPENT_MS_MAX);
    const spentMs = Math.min(wallMs, (WALL_PER_CPU_MAX * cpuMs) / (1 + skipped));
    this.average += (spentMs - this.average) * WEIGHT;
    this.ticksAtLevel += 1 + skipped;
    // Where there is very much room, one need not be so careful.
    this.easyTicks = this.load < LOAD_EASY ? this.easyTicks + (this.load < LOAD_VERY_EASY ? 3 : 1) : 0;
    if (this.load > LOAD_MAX && this.ticksAtLevel >= TICKS_BEFORE_LESS) return this.giveUpMore();
    if (this.easyTicks >= this.patience && this.level > 0) {
      this.wasRaised = true;
      return this.moveTo(this.level - 1);
    }
    return false;
  }

  private giveUpMore(): boolean {
    // Coming back was a mistake: be slower about it the next time.
    if (this.wasRaised) this.patience = Math.min(TICKS_BEFORE_MORE_MAX, this.patience * 2);
    this.wasRaised = false;
    return this.level < SHEDDING_LEVELS.length - 1 && this.moveTo(this.level + 1);
  }

  private moveTo(level: number): boolean {
    this.level = level;
    this.ticksAtLevel = 0;
    this.easyTicks = 0;
    if (level === 0) this.patience = TICKS_BEFORE_MORE;
    return true;
  }
}

/** The quality of a level for an engine that was built for `options`. */
export function qualityOf(level: number, options: { nearSourcesMax: number; sourcesMax: number }): SpatialQuality {
  const { nearSourcesMax, farSourcesMax } = SHEDDING_LEVELS[level];
  return {
    nearSourcesMax: Math.min(nearSourcesMax, options.nearSourcesMax),
    farSourcesMax: Math.min(farSourcesMax, options.sourcesMax),
  };
}
