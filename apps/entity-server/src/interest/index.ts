export type { InterestCounts } from './viewer-rounds.js';
export { INTEREST_DEFAULTS, type InterestOptions, type InterestingWorld, WorldInterest } from './world-interest.js';
