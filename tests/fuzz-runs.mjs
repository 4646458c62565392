// FUZZ_RUNS=5000 npm run test:jest -- fuzz: how often each property is tried; fast-check's own default is 100.
import fc from 'fast-check';

if (process.env.FUZZ_RUNS) fc.configureGlobal({ numRuns: Number(process.env.FUZZ_RUNS) });
