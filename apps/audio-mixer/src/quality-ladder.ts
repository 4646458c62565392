import { BED_ANGLE_RAD_FINEST, type SpatialQuality } from '@app/dsp';

/** What the listeners of a mixer get at most. */
export interface MixQuality extends SpatialQuality {
  /** Effort of the encoders, 0 to 10; between two whole numbers some have the one and some the other. */
  complexity: number;
}

/** What is chosen by settings, and so what full quality is. */
export interface FullQuality {
  complexity: number;
  nearSourcesMax: number;
}

/**
 * How coarse the crowd is at full quality and at most, in radians: 17 and 40 degrees. A listener tells voices in a crowd
 * apart by some 15 degrees, and hears from which side they come even at 40.
 */
export const BED_ANGLE_RAD = { finest: BED_ANGLE_RAD_FINEST, coarsest: 0.7 } as const;
/** Far signals that are left when no more are given up. With the near ones they are a whole company. */
export const FAR_SIGNALS_LEAST = 8;
/** Near voices that nothing takes away. */
export const NEAR_SOURCES_LEAST = 4;

/** Effort of the encoders at which they still do all that is heard: below it treble gets rougher. */
const COMPLEXITY_CHEAP = 1;
const COMPLEXITY_STEP = 1;
const COMPLEXITY_LAST_STEP = 0.5;
const BED_STEPS = 8;
/** Far signals at the first step that limits them, and the share that each step leaves. */
const FAR_SIGNALS_FIRST = 128;
const FAR_SHARE = 0.8;
/** Near sources step by step. */
const NEAR_STEPS = [48, 32, 24, 20, 16, 14, 12, 10, 8, 7, 6, 5, NEAR_SOURCES_LEAST] as const;

/**
 * What is given up when the work does not fit the tick, from full quality (level 0) downwards, in steps so small that none
 * of them is heard by itself:
 *
 * 1. the encoders' effort goes down to 1, for those who hear few voices (a crowd has little of it from the start): a third of the
 *    encoding time, and hardly to be heard;
 * 2. the crowd gets coarser: larger parts of it are heard from one direction;
 * 3. the encoders' effort goes down to 0: another quarter of the encoding time, for rougher treble;
 * 4. the most distant voices and parts of the crowd are left out, down to FAR_SIGNALS_LEAST;
 * 5. fewer voices are rendered one by one; the others are heard with the crowd, which has room for them.
 *
 * The nearest four keep everything.
 */
export class QualityLadder {
  private readonly levels: MixQuality[];

  constructor(full: FullQuality) {
    this.levels = [{ ...full, farSignalsMax: Infinity, bedAngleRad: BED_ANGLE_RAD.finest }];
    this.lessEffort(COMPLEXITY_CHEAP, COMPLEXITY_STEP);
    this.coarserCrowd();
    this.lessEffort(0, COMPLEXITY_LAST_STEP);
    this.fewerFar();
    this.fewerNear(full.nearSourcesMax);
  }

  /** The last level. */
  get levelMax(): number {
    return this.levels.length - 1;
  }

  /** @param level  0 to levelMax */
  at(level: number): Readonly<MixQuality> {
    return this.levels[level];
  }

  private add(change: Partial<MixQuality>): void {
    this.levels.push({ ...this.levels[this.levelMax], ...change });
  }

  private lessEffort(least: number, step: number): void {
    let { complexity } = this.levels[this.levelMax];
    while (complexity > least) {
      complexity = Math.max(least, complexity - step);
      this.add({ complexity });
    }
  }

  private coarserCrowd(): void {
    const { finest, coarsest } = BED_ANGLE_RAD;
    for (let step = 1; step <= BED_STEPS; step++) {
      this.add({ bedAngleRad: finest * (coarsest / finest) ** (step / BED_STEPS) });
    }
  }

  private fewerFar(): void {
    for (let count = FAR_SIGNALS_FIRST; count > FAR_SIGNALS_LEAST; count *= FAR_SHARE) {
      this.add({ farSignalsMax: Math.round(count) });
    }
    this.add({ farSignalsMax: FAR_SIGNALS_LEAST });
  }

  private fewerNear(nearSourcesMax: number): void {
    for (const count of NEAR_STEPS) {
      // Who is no longer near is the nearest of the far ones.
      const farSignalsMax = FAR_SIGNALS_LEAST + nearSourcesMax - count;
      if (count < nearSourcesMax) this.add({ nearSourcesMax: count, farSignalsMax });
    }
  }
}
