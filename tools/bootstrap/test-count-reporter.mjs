// A Jest reporter that leaves the counts in a file. Jest's own --json does so too, but ends with a line about that file
// where the summary should be the last thing on the screen.

import fs from 'node:fs';

export default class TestCountReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.VICINITY_TEST_COUNTS_FILE;
    if (!file) return;
    const counts = {
      passed: results.numPassedTests,
      // A file that cannot even be loaded has no tests to count, and must not look as if nothing had happened.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    fs.writeFileSync(file, JSON.stringify(counts));
  }
}
