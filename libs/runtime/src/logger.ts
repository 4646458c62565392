import { pino } from 'pino';
import type { Instance } from './instance.js';

/**
 * Structured log lines; a subset of pino's interface.
 *
 * Levels: error is given up, warn is recovered, info is a lifecycle change, debug is the rest. Nothing at info can happen
 * more than about once a second, and nothing is logged inside a tick.
 */
export interface Logger {
  error(fields: object, message?: string): void;
  error(message: string): void;
  warn(fields: object, message?: string): void;
  warn(message: string): void;
  info(fields: object, message?: string): void;
  info(message: string): void;
  debug(fields: object, message?: string): void;
  debug(message: string): void;
  /** A logger that adds these fields to each line. */
  child(fields: Record<string, unknown>): Logger;
}

/** A logger of a process, which can be told to write what it still holds. */
export interface ProcessLogger extends Logger {
  flush(): void;
}

/** Bytes of log lines held for a reader that is too slow; more are lost rather than delaying a tick. */
const HELD_BYTES_MAX = 1_048_576;

/** Writes JSON lines to stdout, each with role and instance. Never blocks: whoever reads too slowly loses lines. */
export function makeLogger(instance: Instance, level: string): ProcessLogger {
  const destination = pino.destination({ dest: 1, sync: false, maxLength: HELD_BYTES_MAX });
  // The reader has gone away, or is full for a moment: there is no place left where this could be said.
  destination.on('error', () => undefined);
  const logger = pino(
    {
      level,
      base: { role: instance.role, instance: instance.instanceId },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
  return Object.assign(logger as unknown as ProcessLogger, {
    flush: () => {
      try {
        destination.flushSync();
      } catch {
        // Not open yet, or the reader is gone; the lines are lost either way.
      }
    },
  });
}

/** Says nothing; for tests. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  child: () => silentLogger,
};
