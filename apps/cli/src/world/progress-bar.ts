import type { Clock } from '@app/clock';

/** Where progress is shown; a terminal, or a file that somebody reads later. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const BAR_CHARACTERS = 30;
/** The bar is drawn at most this often, in ms. */
const DRAW_INTERVAL_MS = 100;
/** Where there is no terminal a line is written at most this often, and nothing about what is done sooner, in ms. */
const LINE_INTERVAL_MS = 5_000;

/** Shows how far something is: as a bar on a terminal, else as a line now and then. */
export class Progress {
  private shownAtMs: number;
  private isDrawn = false;

  constructor(
    private readonly output: ProgressOutput,
    private readonly clock: Clock,
  ) {
    this.shownAtMs = output.isTTY ? -Infinity : clock.nowMs();
  }

  /** So much of it is done. `what` says what is being done, for example `Sending edits`. */
  show(what: string, done: number, total: number): void {
    const isTerminal = this.output.isTTY === true;
    const nowMs = this.clock.nowMs();
    const isDue = nowMs - this.shownAtMs >= (isTerminal ? DRAW_INTERVAL_MS : LINE_INTERVAL_MS);
    if (!isDue && !(isTerminal && done === total)) return;
    this.shownAtMs = nowMs;
    const text = progressText(what, done, total, isTerminal);
    this.output.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
    this.isDrawn = isTerminal;
  }

  /** Takes the bar away, so that something else can be written. */
  clear(): void {
    if (this.isDrawn) this.output.write('\r\u001b[K');
    this.isDrawn = false;
  }
}

/** For example `Sending edits  [#####.....]  50 %  500 of 1000`. */
export function progressText(what: string, done: number, total: number, hasBar: boolean): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.round(share * BAR_CHARACTERS);
  const bar = hasBar ? `  [${'#'.repeat(filled)}${'.'.repeat(BAR_CHARACTERS - filled)}]` : '';
  return `${what}${bar}  ${Math.floor(share * 100)} %  ${done} of ${total}`;
}
