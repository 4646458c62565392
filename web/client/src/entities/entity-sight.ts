import { addCost, fits, isWithin, NO_COST } from './visual-cost.js';
import { STAND_INS_MAX, UNSEEN_MAX, type VisualCost } from './visual-limits.js';

/** What is needed of an entity to decide whether it is worth being drawn. */
export interface Sighted {
  /** From the viewer to its middle, in metres. */
  distanceM: number;
  radiusM: number;
  cost: VisualCost;
  /** It is shown already, and is not given up for something that seems hardly larger. */
  isShown: boolean;
}

/** Indices of what is shown, and of what is only hinted at, because there is too much. */
export interface InSight {
  shown: number[];
  standIns: number[];
}

/** Anything that seems smaller than this is not drawn: radians, about two pixels of a large screen. */
const ANGLE_MIN_RAD = 0.002;
/** What is shown already counts as so much larger. */
const SHOWN_BONUS = 1.15;

/** How large something seems, in radians; infinite from within. */
export function apparentSize({ distanceM, radiusM }: Pick<Sighted, 'distanceM' | 'radiusM'>): number {
  return distanceM <= radiusM ? Infinity : radiusM / distanceM;
}

/**
 * Chooses what is drawn: at most so many and so much, the largest-seeming first, nothing that is too small to be seen.
 * What does not fit leaves its room to the next one, and is hinted at. Indices are in no particular order. Pure.
 */
export function chooseInSight(things: readonly Sighted[], countMax: number, budget: VisualCost): InSight {
  const sizes = things.map((thing) => apparentSize(thing) * (thing.isShown ? SHOWN_BONUS : 1));
  const candidates: number[] = [];
  const total = { ...NO_COST };
  for (let index = 0; index < sizes.length; index++) {
    if (sizes[index] < ANGLE_MIN_RAD) continue;
    candidates.push(index);
    addCost(total, things[index].cost);
  }
  if (candidates.length <= countMax && isWithin(total, budget)) return { shown: candidates, standIns: [] };
  // From within, the nearest is the most important.
  const before = (a: number, b: number): number =>
    sizes[a] === sizes[b] ? things[a].distanceM - things[b].distanceM : sizes[b] - sizes[a];
  candidates.sort(before);
  const used = { ...NO_COST };
  const [shown, standIns]: [number[], number[]] = [[], []];
  let [seenCount, unseenCount] = [0, 0];
  for (const index of candidates) {
    const { cost } = things[index];
    // Lamps and zones are as large as what they do; they take no place from what is to be seen.
    if (cost.draws === 0) {
      if (++unseenCount <= UNSEEN_MAX) shown.push(index);
    } else if (seenCount < countMax && fits(cost, used, budget)) {
      addCost(used, cost);
      shown.push(index);
      seenCount++;
    } else if (standIns.length < STAND_INS_MAX) standIns.push(index);
  }
  return { shown, standIns };
}
