import type { ProcessLogger } from './logger.js';

/** What the outside world can ask of a role process. */
export interface ProcessOrders {
  logger: ProcessLogger;
  /** Drains; called at most once. */
  stop: () => Promise<void>;
  exit: (code: number) => void;
}

/** The part of Node's process that matters here; replaced in tests. */
export interface ProcessEvents extends Pick<NodeJS.EventEmitter, 'on'> {
  /** Whether the supervisor is still there; undefined without one. */
  readonly connected?: boolean;
}

/**
 * First SIGTERM or SIGINT: drain, then exit with 0. Second: exit at once. The supervisor's end (its IPC channel closes)
 * means exit at once, so that nobody is left behind. An error that nobody caught ends the process; whoever supervises
 * it starts a new one.
 */
export function followProcessSignals(orders: ProcessOrders, events: ProcessEvents = process): void {
  const { logger, stop, exit } = orders;
  let isStopping = false;
  const handleSignal = (signal: string): void => {
    if (isStopping) {
      logger.warn({ signal }, 'Second signal: stopping at once.');
      exit(1);
      return;
    }
    isStopping = true;
    logger.info({ signal }, 'Draining.');
    stop().then(
      () => {
        logger.info('Stopped.');
        exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'Draining failed.');
        exit(1);
      },
    );
  };
  events.on('SIGTERM', () => handleSignal('SIGTERM'));
  events.on('SIGINT', () => handleSignal('SIGINT'));
  events.on('disconnect', () => exit(1));
  // It may have gone while this process was loading its program, before anybody listened.
  if (events.connected === false) exit(1);
  const crash = (error: unknown): void => {
    logger.error({ err: error }, 'Crashed.');
    exit(1);
  };
  events.on('uncaughtException', crash);
  events.on('unhandledRejection', crash);
}
