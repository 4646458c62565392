import type { MixMemory } from './mix-memory.js';

/**
 * Carries out the orders that a planner wrote into a MixMemory. It decides nothing and knows no people, only blocks and
 * gains; so it can be replaced by a faster one, and compared with a slower, exact one.
 *
 * In each tick: `filterSources`, `sumBeds`, then `mixListeners`. Each takes orders from the plan area (see mix-memory.ts),
 * which may be written anew after each call. Nothing is allocated.
 */
export interface PlanRenderer {
  readonly memory: MixMemory;
  /** Makes planes 1 to 3 from plane 0. `count` orders of FILTER_WORDS lie in the plan area. */
  filterSources(count: number): void;
  /** Sums beds, in the order of the orders, so that a bed may be an entry of a later one. `count` orders. */
  sumBeds(count: number): void;
  /** Mixes listeners. `count` orders. Afterwards their mixes, 16-bit mixes and status are up to date. */
  mixListeners(count: number): void;
}
