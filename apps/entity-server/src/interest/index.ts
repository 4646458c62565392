export {
  INTEREST_DEFAULTS,
  type InterestCounts,
  type InterestOptions,
  type InterestingWorld,
  WorldInterest,
} from './world-interest.js';
