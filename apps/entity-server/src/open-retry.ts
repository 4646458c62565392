import type { Random } from '@app/clock';
import { CodedError } from '@app/world';

/** Pause before a world that cannot be opened is tried again, in ms: what passes by itself, and the first of all others. */
const RETRY_MS = 500;
/** The longest pause, for what does not pass by itself, in ms. */
const RETRY_MS_MAX = 30_000;

/** When a world is to be opened again that could not be opened. */
export class OpenRetry {
  private kind = '';
  private lasting = 0;

  constructor(private readonly random: Random) {}

  /**
   * Another attempt has failed. Storage that is away comes back at any moment, and is asked for at short intervals; every
   * other failure doubles the pause.
   *
   * @returns the pause before the next attempt, in ms, and whether the failure is of another kind than the one before
   */
  note(error: unknown): { delayMs: number; isNews: boolean } {
    const kind = kindOf(error);
    const isNews = kind !== this.kind;
    this.kind = kind;
    if (error instanceof CodedError && error.retryable) {
      this.lasting = 0;
      return { delayMs: RETRY_MS, isNews };
    }
    const longestMs = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** this.lasting++);
    // So that many worlds, and many servers, do not ask all at once.
    return { delayMs: longestMs * (0.5 + 0.5 * this.random.next()), isNews };
  }

  /** An attempt has succeeded. */
  clear(): void {
    this.kind = '';
    this.lasting = 0;
  }
}

function kindOf(error: unknown): string {
  if (error instanceof CodedError) return error.code;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
