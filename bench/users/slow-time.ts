/**
 * Loaded in front of every program of the domain and of the bots (`node --import`): time passes SLOW_FACTOR times slower
 * for whatever asks libs/clock, and processor time, which is compared with it, grows as much slower. Without the
 * variable nothing is changed. Processor profiles begin and end with SIGUSR2.
 */
import { SystemClock } from '@app/clock';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { syncBuiltinESMExports } from 'node:module';
import perfHooks from 'node:perf_hooks';
import { basename, dirname, join } from 'node:path';

const factor = Number(process.env.VICINITY_BENCH_SLOW_FACTOR ?? 1);
/** In µs of the time that is told. */
const SAMPLING_US = 1_000;
const profileDir = process.env.VICINITY_BENCH_PROFILE_DIR;
if (factor > 1) slowDown();
if (profileDir) profileTo(profileDir);

function slowDown(): void {
  const clock = SystemClock.prototype;
  const { nowMs, wallMs, after } = clock;
  // The same moment for all processes, so that they agree about the time of day.
  const wallStartMs = Number(process.env.VICINITY_BENCH_WALL_START_MS);
  clock.nowMs = function () {
    return nowMs.call(this) / factor;
  };
  clock.wallMs = function () {
    return Math.floor(wallStartMs + (wallMs.call(this) - wallStartMs) / factor);
  };
  clock.after = function (delayMs, callback) {
    return after.call(this, delayMs * factor, callback);
  };
  // The original asks the machine how long to wait, in the time that is told now.
  clock.every = function (intervalMs, callback) {
    const startMs = this.nowMs();
    let count = 0;
    let timer = { cancel: () => {} };
    let isCancelled = false;
    const schedule = (): void => {
      count = Math.max(count + 1, Math.floor((this.nowMs() - startMs) / intervalMs));
      timer = this.after(Math.max(0, startMs + count * intervalMs - this.nowMs()), run);
    };
    const run = (): void => {
      callback();
      if (!isCancelled) schedule();
    };
    schedule();
    return {
      cancel: () => {
        isCancelled = true;
        timer.cancel();
      },
    };
  };
  watchSeldom();
  const cpuUsage = process.cpuUsage.bind(process);
  process.cpuUsage = (before) => {
    const { user, system } = cpuUsage();
    return { user: user / factor - (before?.user ?? 0), system: system / factor - (before?.system ?? 0) };
  };
}

/** What watches the event loop wakes a hundred times a second by the machine's clock: a process that only waits would cost more. */
function watchSeldom(): void {
  const { monitorEventLoopDelay } = perfHooks;
  perfHooks.monitorEventLoopDelay = (options) =>
    monitorEventLoopDelay({ resolution: Math.round((options?.resolution ?? 10) * factor) });
  syncBuiltinESMExports();
}

function profileTo(dir: string): void {
  const session = new Session();
  session.connect();
  let isRunning = false;
  process.on('SIGUSR2', () => {
    if (!isRunning) {
      session.post('Profiler.enable');
      // Looking costs as much each time, however little has happened since.
      session.post('Profiler.setSamplingInterval', { interval: SAMPLING_US * factor });
      session.post('Profiler.start');
    } else {
      session.post('Profiler.stop', (error, result) => {
        if (error) return;
        mkdirSync(dir, { recursive: true });
        writeFileSync(join(dir, `${programName()}.cpuprofile`), JSON.stringify(result.profile));
      });
    }
    isRunning = !isRunning;
  });
}

/** `gateway` for dist/apps/gateway/src/main.js. */
function programName(): string {
  const file = process.argv[1] ?? 'node';
  return `${basename(dirname(dirname(file)))}-${process.pid}`;
}
