// Every run of the suite tries the same cases, so that a red run is about the change it was made for. New cases are looked
// for on purpose: FUZZ_RUNS=5000 npm run test:jest -- fuzz tries each property that often (fast-check's own default is
// 100), from a seed that is drawn anew, or from FUZZ_SEED.
import fc from 'fast-check';

const { FUZZ_RUNS, FUZZ_SEED } = process.env;
const seed = FUZZ_SEED ? Number(FUZZ_SEED) : FUZZ_RUNS ? undefined : 41;
fc.configureGlobal({
  ...(FUZZ_RUNS ? { numRuns: Number(FUZZ_RUNS) } : {}),
  ...(seed === undefined ? {} : { seed }),
});
