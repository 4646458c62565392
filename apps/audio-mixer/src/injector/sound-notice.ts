import type { Clock } from '@app/clock';
import type { Counter, Logger } from '@app/runtime';
import type { TellLoad } from './sound-shelf.js';

/** Failures are logged at most this often, in ms: whoever may place sounds could fill the log. */
const INTERVAL_MS = 5_000;

/** Tells operators what became of sound files: all of them in a metric, some of the failures in the log. */
export function createSoundNotice(clock: Clock, loads: Counter, logger: Pick<Logger, 'warn'>): TellLoad {
  let loggedAtMs = -INTERVAL_MS;
  return (outcome, url, error) => {
    loads.inc(1, { outcome });
    const nowMs = clock.nowMs();
    if (!error || nowMs - loggedAtMs < INTERVAL_MS) return;
    loggedAtMs = nowMs;
    logger.warn({ code: error.code, url, reason: error.message }, 'A sound in a world cannot be played.');
  };
}
