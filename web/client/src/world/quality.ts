/** How much the machine is asked to draw. */
export interface QualityLevel {
  name: string;
  /** Times the screen's own pixel ratio of at most 2. */
  pixelRatio: number;
  hasShadows: boolean;
  hasUndergrowth: boolean;
  /** Share of the trees that are drawn, nearest to the middle first. */
  treeShare: number;
  /** Frames per second that are drawn at most; a slow machine has other things to do, such as sound. */
  framesPerSecondMax: number;
  /** Things of the world that are drawn at most, largest-seeming first. */
  thingsMax: number;
  /** Share of VISUALS_MAX (entities/visual-limits.ts) that they may take. */
  thingsShare: number;
}

/** From the humblest to the finest. */
export const QUALITY_LEVELS: readonly QualityLevel[] = [
  {
    name: 'lowest',
    pixelRatio: 0.5,
    hasShadows: false,
    hasUndergrowth: false,
    treeShare: 0.3,
    framesPerSecondMax: 15,
    thingsMax: 400,
    thingsShare: 0.15,
  },
  {
    name: 'low',
    pixelRatio: 0.65,
    hasShadows: false,
    hasUndergrowth: false,
    treeShare: 0.55,
    framesPerSecondMax: 30,
    thingsMax: 800,
    thingsShare: 0.3,
  },
  {
    name: 'medium',
    pixelRatio: 0.8,
    hasShadows: false,
    hasUndergrowth: true,
    treeShare: 0.8,
    framesPerSecondMax: 60,
    thingsMax: 2_000,
    thingsShare: 0.6,
  },
  {
    name: 'high',
    pixelRatio: 1,
    hasShadows: true,
    hasUndergrowth: true,
    treeShare: 1,
    framesPerSecondMax: 60,
    thingsMax: 4_000,
    thingsShare: 1,
  },
  {
    name: 'finest',
    pixelRatio: 2,
    hasShadows: true,
    hasUndergrowth: true,
    treeShare: 1,
    framesPerSecondMax: 120,
    thingsMax: 8_000,
    thingsShare: 1,
  },
];

/** What the person chose; `auto` follows the machine. */
export type QualityChoice = 'auto' | 'low' | 'high';

/** A window ends with this many frames, or sooner when they took this long together. */
const WINDOW_FRAMES = 24;
const WINDOW_MS_MAX = 700;
const WINDOW_FRAMES_MIN = 3;
/** Slower than 30 frames per second is jerky, in ms. */
const SLOW_MS = 34;
/** Twice as fast as needed leaves room for the next level, in ms. */
const FAST_MS = 9;
/** Calm windows in a row before a finer level is tried. */
const CALM_WINDOWS = 12;

/**
 * Chooses the level from how long frames take to draw. Goes down within a second, up only after many calm seconds,
 * and never again to a level that was too much: nothing is uglier than quality that swings. Pure.
 */
export class QualityGovernor {
  private index: number;
  private ceiling = QUALITY_LEVELS.length - 1;
  private readonly durations: number[] = [];
  private windowMs = 0;
  private calmCount = 0;

  /** @param isSoftware  pictures are drawn by the processor, which has other things to do */
  constructor(
    private readonly choice: QualityChoice = 'auto',
    isSoftware = false,
  ) {
    this.index = choice === 'low' ? 0 : choice === 'auto' && isSoftware ? 1 : 3;
  }

  /** What to draw with. */
  get level(): QualityLevel {
    return QUALITY_LEVELS[this.index];
  }

  /**
   * A frame took this long to draw.
   *
   * @returns whether the level has changed
   */
  handleFrame(durationMs: number): boolean {
    if (this.choice !== 'auto') return false;
    this.durations.push(durationMs);
    this.windowMs += durationMs;
    const isLong = this.windowMs >= WINDOW_MS_MAX && this.durations.length >= WINDOW_FRAMES_MIN;
    if (this.durations.length < WINDOW_FRAMES && !isLong) return false;
    this.windowMs = 0;
    const sorted = this.durations.splice(0).sort((a, b) => a - b);
    const typicalMs = sorted[sorted.length >> 1];
    if (typicalMs > SLOW_MS) return this.moveTo(this.index - (typicalMs > 3 * SLOW_MS ? 2 : 1), true);
    this.calmCount = typicalMs < FAST_MS ? this.calmCount + 1 : 0;
    if (this.calmCount >= CALM_WINDOWS && this.index < this.ceiling) return this.moveTo(this.index + 1, false);
    return false;
  }

  private moveTo(index: number, isTooMuch: boolean): boolean {
    const target = Math.max(0, index);
    if (isTooMuch && this.index > 0) this.ceiling = this.index - 1;
    this.calmCount = 0;
    if (target === this.index) return false;
    this.index = target;
    return true;
  }
}
