import type { Clock } from '@app/clock';
import type { Logger } from '@app/runtime';

/** What takes the mistakes that are met. */
export type FailureLog = Pick<PacedLog, 'error'>;

/** The same line again comes at this distance, in ms. */
const INTERVAL_MS = 1_000;

interface Pace {
  loggedAtMs: number;
  leftOut: number;
}

/** Logs mistakes that may repeat with every packet: each message at once, then once a second with how many were left out. */
export class PacedLog {
  /** By message: there are as many as the code has. */
  private readonly paces = new Map<string, Pace>();

  constructor(
    private readonly logger: Pick<Logger, 'error'>,
    private readonly clock: Clock,
  ) {}

  error(fields: object, message: string): void {
    const nowMs = this.clock.nowMs();
    const pace = this.paces.get(message);
    if (pace && nowMs - pace.loggedAtMs < INTERVAL_MS) return void pace.leftOut++;
    this.paces.set(message, { loggedAtMs: nowMs, leftOut: 0 });
    this.logger.error(pace && pace.leftOut > 0 ? { ...fields, leftOut: pace.leftOut } : fields, message);
  }
}
