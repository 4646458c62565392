import { MIX_TICK_MS } from '@app/world';

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
/** Load beyond LOAD_MAX for each level that is given up at once: one level saves less, but what was given up comes back late. */
const LOAD_PER_LEVEL = 0.05;
/** Weight of one tick in the average: half a second of memory. */
const WEIGHT = 1 / 25;
/** Ticks between two steps downwards: the average has to see the first one before a second is taken. */
const TICKS_BEFORE_LESS = 15;
/** Ticks of easy load before a step upwards. */
const TICKS_BEFORE_MORE = 50;
/** Most of them before a step to a level that was too much; they double each time that it was so again. */
const TICKS_BEFORE_MORE_MAX = 3_000;

/** Decides how much quality the mixer can afford, from the time that its ticks take and cost. */
export class Shedding {
  /** How much is given up: 0 to levelMax. */
  level = 0;
  private average = 0;
  private ticksAtLevel = 0;
  private easyTicks = 0;
  private patience = TICKS_BEFORE_MORE;
  /** The last level that proved to be too much; it and those above it are tried again with patience. */
  private failedLevel = -1;

  /** @param levelMax  the level of least quality */
  constructor(private readonly levelMax: number) {}

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
    return this.easyTicks >= this.ticksBeforeMore && this.giveBack();
  }

  /** Ticks of easy load before the level above this one is tried. */
  private get ticksBeforeMore(): number {
    return this.level - 1 <= this.failedLevel ? this.patience : TICKS_BEFORE_MORE;
  }

  private giveUpMore(): boolean {
    if (this.level === this.levelMax) return false;
    // The same again: coming back was a mistake, and the next time it is to be slower.
    if (this.level <= this.failedLevel) this.patience = Math.min(TICKS_BEFORE_MORE_MAX, this.patience * 2);
    this.failedLevel = this.level;
    const levels = Math.ceil((this.load - LOAD_MAX) / LOAD_PER_LEVEL);
    return this.moveTo(Math.min(this.levelMax, this.level + levels));
  }

  private giveBack(): boolean {
    if (this.level <= this.failedLevel) {
      // It was too much once, but no longer.
      this.failedLevel = -1;
      this.patience = TICKS_BEFORE_MORE;
    }
    return this.level > 0 && this.moveTo(this.level - 1);
  }

  private moveTo(level: number): boolean {
    this.level = level;
    this.ticksAtLevel = 0;
    this.easyTicks = 0;
    return true;
  }
}
