// `npm start`: gets whatever is missing, then runs the whole server on this machine.

import { spawn } from 'node:child_process';
import path from 'node:path';

import { runMain } from './bootstrap.errors.mjs';
import { ROOT, prepare } from './prepare.mjs';
import { signalNumber } from './run-command.mjs';

const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
// One Ctrl-C reaches us twice, from the terminal and forwarded by npm. Only a second one after this is meant as such.
const SAME_SIGNAL_MS = 300;

await runMain(async () => {
  const parts = ['deps', 'worker', 'build'];
  if (!process.env.NATS_URL) parts.push('broker');
  const environment = await prepare(parts);
  return runServer(path.join(ROOT, 'dist/apps/cli/src/main.js'), ['up', ...process.argv.slice(2)], environment);
});

/**
 * Runs the supervisor and resolves to its exit code once it has drained.
 *
 * It gets a session of its own, so that a Ctrl-C asks the supervisor alone, once, and not each role over its head. The
 * 'ipc' channel carries nothing: its end tells the supervisor that we are gone, even when we were killed.
 */
function runServer(file, args, environment) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    let lastSignalMs = 0;
    for (const signal of FORWARDED_SIGNALS) {
      process.on(signal, () => {
        const nowMs = performance.now();
        if (lastSignalMs && nowMs - lastSignalMs < SAME_SIGNAL_MS) return;
        lastSignalMs = nowMs;
        child.kill(signal);
      });
    }
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  });
}
