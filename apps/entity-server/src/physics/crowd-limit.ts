import { type EntityId } from '@app/world';
import type { Ball } from './ball-index.js';
import { countNeighbours } from './crowd-count.js';

/** Neighbours of all bodies that move, counted one by one: about a fifth of a second for the engine when all touch. */
export const NEIGHBOURS_MAX = 32_768;
/** However slow the process is, so many are always permitted. */
const NEIGHBOURS_MIN = 256;
/** A step of the engine that takes longer than this is slow, in ms: what moves does so visibly in jumps. */
const STEP_MS_MAX = 50;
/** After so many slow steps in a row fewer neighbours are permitted, and after so many others in a row more again. */
const SLOW_STEPS = 5;
const QUICK_STEPS = 600;
/** Bodies are counted once in so many steps, unless there is a reason before. */
const CHECK_STEPS = 10;

/** A body as it may be stopped. */
export interface CrowdBody extends Ball {
  readonly id: EntityId;
  /** A client moves it: nothing stops it. */
  readonly isHeld: boolean;
}

/** Which bodies stand still now, and which move again. */
export interface CrowdVerdict {
  readonly stopped: readonly EntityId[];
  readonly freed: readonly EntityId[];
}

const NOTHING: CrowdVerdict = { stopped: [], freed: [] };

/**
 * Decides which bodies stand still because too many are at the same place: the work of the engine grows with the square of
 * those. Whoever has few neighbours moves; the most crowded ones wait until others have gone. It also learns from the time
 * that steps take.
 */
export class CrowdLimit {
  private readonly standing = new Set<EntityId>();
  private neighboursMax = NEIGHBOURS_MAX;
  /** Neighbours of those that move, as counted last. */
  private neighbours = 0;
  private isDue = true;
  private stepsSince = 0;
  private slowSteps = 0;
  private quickSteps = 0;

  /** Bodies that stand still. */
  get size(): number {
    return this.standing.size;
  }

  isStanding(id: EntityId): boolean {
    return this.standing.has(id);
  }

  /** Bodies or what they may hit are others, or elsewhere: they are counted before the next step. */
  handleChanged(): void {
    this.isDue = true;
  }

  /** The body is gone, or another one of that id has come, which moves. */
  forget(id: EntityId): void {
    this.standing.delete(id);
    this.isDue = true;
  }

  /** The engine has made a step. */
  noteStep(spentMs: number): void {
    const isSlow = spentMs > STEP_MS_MAX;
    this.slowSteps = isSlow ? this.slowSteps + 1 : 0;
    this.quickSteps = isSlow ? 0 : this.quickSteps + 1;
    if (this.slowSteps >= SLOW_STEPS) this.permit(Math.min(this.neighboursMax, this.neighbours) / 2);
    else if (this.quickSteps >= QUICK_STEPS) this.permit(2 * this.neighboursMax);
  }

  /** To be called before each step. @param bodies  in an order that does not change */
  check(bodies: () => readonly CrowdBody[], obstacles: () => Iterable<Ball>): CrowdVerdict {
    this.stepsSince++;
    if (!this.isDue && this.stepsSince < CHECK_STEPS) return NOTHING;
    this.isDue = false;
    this.stepsSince = 0;
    return this.judge(bodies(), obstacles());
  }

  private judge(bodies: readonly CrowdBody[], obstacles: Iterable<Ball>): CrowdVerdict {
    const counts = countNeighbours(bodies, obstacles);
    const rank = (index: number): number => (bodies[index].isHeld ? -1 : counts[index]);
    const stays = (index: number): number => Number(this.standing.has(bodies[index].id));
    // Of those with equally many neighbours the ones that move already go on.
    const order = [...counts.keys()].sort((a, b) => rank(a) - rank(b) || stays(a) - stays(b) || a - b);
    const stopped: EntityId[] = [];
    const freed: EntityId[] = [];
    this.neighbours = 0;
    for (const index of order) {
      const { id, isHeld } = bodies[index];
      const mayMove = isHeld || this.neighbours + counts[index] <= this.neighboursMax;
      if (mayMove) this.neighbours += counts[index];
      if (mayMove && this.standing.delete(id)) freed.push(id);
      else if (!mayMove && !this.standing.has(id)) {
        this.standing.add(id);
        stopped.push(id);
      }
    }
    return { stopped, freed };
  }

  private permit(neighboursMax: number): void {
    this.slowSteps = this.quickSteps = 0;
    const before = this.neighboursMax;
    this.neighboursMax = Math.min(NEIGHBOURS_MAX, Math.max(NEIGHBOURS_MIN, Math.floor(neighboursMax)));
    this.isDue ||= this.neighboursMax !== before;
  }
}
