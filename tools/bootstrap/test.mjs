// `npm test`: gets whatever is missing, then checks style, types and behaviour. With arguments: Jest alone, with these.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { runMain } from './bootstrap.errors.mjs';
import { ROOT, prepare } from './prepare.mjs';
import { npmCommand, runVisibly } from './run-command.mjs';

const REPORTER = fileURLToPath(new URL('./test-count-reporter.mjs', import.meta.url));

await runMain(async () => {
  const jestArgs = process.argv.slice(2);
  const environment = {
    ...process.env,
    ...(await prepare(['deps', 'worker', 'broker', 'browser', 'network', 'build'])),
  };

  const failed = [];
  const runScript = async (script, args = []) => {
    const [program, npmArgs] = npmCommand('run', '--silent', script, '--', ...args);
    if ((await runVisibly(program, npmArgs, { cwd: ROOT, env: environment })) !== 0) failed.push(script);
  };
  if (jestArgs.length === 0) {
    await runScript('lint');
    await runScript('typecheck');
  }

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vicinity-test-'));
  environment.VICINITY_TEST_COUNTS_FILE = path.join(folder, 'counts.json');
  try {
    // Ours come last: Jest would take what follows a list option as more of the list.
    await runScript('test:jest', [...jestArgs, '--reporters=default', `--reporters=${REPORTER}`]);
    const counts = readCounts(environment.VICINITY_TEST_COUNTS_FILE);
    if (!counts) failed.push('Jest came to no result');
    // Above the closing lines, where a failure outside Jest would otherwise have scrolled out of sight.
    if (failed.length > 0) process.stdout.write(`\nFailed: ${failed.join(', ')}.\n`);
    if (counts) process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return failed.length === 0 ? 0 : 1;
});

function readCounts(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
