// Runs one nats-server and dies with it. nats-server knows nothing of supervisors: this process is its leash. When the
// supervisor's IPC channel closes, however that came about, the broker is killed.
//
// Arguments: program, configuration file, pid file.
import { spawn } from 'node:child_process';
import { stopStaleBroker } from './stale-broker.js';

const [binary, configFile, pidFile] = process.argv.slice(2);

/** How long nats-server may take to stop in an orderly way, in ms. */
const STOP_MS = 5_000;

await stopStaleBroker(pidFile, configFile);

const broker = spawn(binary, ['-c', configFile], { stdio: ['ignore', 'inherit', 'inherit'] });
let isStopping = false;

broker.once('error', (error) => {
  process.stderr.write(`nats-server cannot be started: ${error.message}\n`);
  process.exit(1);
});
broker.once('exit', (code, signal) => {
  if (isStopping) process.exit(0);
  process.stderr.write(`nats-server ended with ${signal ?? `exit code ${code}`}\n`);
  process.exit(1);
});

const abandon = (): void => {
  broker.kill('SIGKILL');
  process.exit(1);
};
process.on('disconnect', abandon);
// The supervisor may have gone before this line.
if (process.send && !process.connected) abandon();

const stop = (): void => {
  if (isStopping) return;
  isStopping = true;
  broker.kill('SIGTERM');
  setTimeout(() => broker.kill('SIGKILL'), STOP_MS).unref();
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
