import type { ShownValues } from '../shown-values.js';

/** Frames that the predecessor counts in one second of a file, whatever its speed of playing. */
export const FILE_FRAMES_PER_S = 30;

/** How an animation plays. */
export interface AnimationPlan {
  isRunning: boolean;
  isLooping: boolean;
  /** Frames in a second; negative plays backwards. */
  fps: number;
  firstFrame: number;
  lastFrame: number;
  currentFrame: number;
}

/** Reads the `animation` of a model. */
export function readAnimationPlan(animation: ShownValues): AnimationPlan {
  return {
    isRunning: animation.truth('running'),
    isLooping: animation.truth('loop'),
    fps: animation.number('fps', FILE_FRAMES_PER_S),
    firstFrame: animation.number('firstFrame'),
    lastFrame: animation.number('lastFrame'),
    currentFrame: animation.number('currentFrame'),
  };
}

/**
 * The frame that is shown. Pure.
 *
 * @param elapsedS    since it began to run; for loops any clock that everybody shares
 * @param framesMax   the last frame that the file has
 */
export function animationFrame(plan: AnimationPlan, elapsedS: number, framesMax: number): number {
  const first = Math.min(Math.max(0, plan.firstFrame), framesMax);
  const last = Math.min(Math.max(first, plan.lastFrame), framesMax);
  const within = (frame: number): number => Math.min(last, Math.max(first, frame));
  if (!plan.isRunning) return within(plan.currentFrame);
  const length = last - first;
  if (length <= 0) return first;
  const travelled = plan.currentFrame - first + elapsedS * plan.fps;
  if (!plan.isLooping) return within(first + travelled);
  return first + (((travelled % length) + length) % length);
}
