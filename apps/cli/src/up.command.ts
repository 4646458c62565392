import { SystemClock } from '@app/clock';
import { loadSettings } from '@app/settings';
import { Domain } from './domain.js';
import { upSettings } from './up.settings.js';

/** One Ctrl-C may arrive twice, from the terminal and forwarded by npm. Only a second one after this counts, in ms. */
const SAME_SIGNAL_MS = 250;

/**
 * Runs a domain until it is told to stop. Resolves with the exit code: 0 after a clean drain, 1 when it could not start
 * or was forced.
 */
export async function up(flags: readonly string[]): Promise<number> {
  const clock = new SystemClock();
  const settings = loadSettings(upSettings, { section: 'up', flags });
  const console = {
    out: (line: string) => void process.stdout.write(`${line}\n`),
    isTerminal: process.stdout.isTTY === true,
  };
  // Whoever reads our output may go away before us.
  process.stdout.on('error', () => undefined);

  return new Promise<number>((resolve, reject) => {
    let firstSignalMs: number | undefined;
    let isOver = false;
    const finish = (code: number): void => {
      isOver = true;
      resolve(code);
    };
    const domain = new Domain({
      settings,
      clock,
      console,
      environment: process.env,
      handleFailure: (error) => void fail(error),
    });
    const fail = async (error: unknown): Promise<void> => {
      if (isOver) return;
      isOver = true;
      await domain.stop();
      reject(error);
    };
    const handleSignal = (): void => {
      if (firstSignalMs === undefined) {
        firstSignalMs = clock.nowMs();
        isOver = true;
        domain.say('Stopping; once more to force it.');
        domain.stop().then(() => {
          domain.say('Stopped.');
          finish(0);
        }, reject);
      } else if (clock.nowMs() - firstSignalMs > SAME_SIGNAL_MS) {
        domain.kill();
        finish(1);
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handleSignal);
    // Started by a program that has gone: nobody is left who could stop us.
    process.on('disconnect', handleSignal);
    process.on('uncaughtException', (error) => {
      domain.kill();
      reject(error);
    });

    const begin = async (): Promise<void> => {
      await domain.start();
      if (!(await domain.whenReady(() => isOver))) return;
      const seconds = process.uptime().toFixed(1);
      domain.say(`Vicinity is running at ${domain.url} (started in ${seconds} s).`);
      domain.say(`Data and logs are in ${domain.dataDir}. Press Ctrl-C to stop.`);
    };
    begin().catch(fail);
  });
}
