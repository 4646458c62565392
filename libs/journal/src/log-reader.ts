import type { Stream } from '@app/broker';
import type { Clock } from '@app/clock';
import { JournalError } from './journal.errors.js';
import type { LogEntry } from './log-entry.js';
import type { Pause } from './pause.js';

/** How long entries of a backlog are given before others have a turn, in ms. */
const TURN_MS_MAX = 10;

/** Reads parts of a log from where it is stored, and notices when that is not the log that was read before. */
export class LogReader {
  /**
   * @param pattern  subjects of the entries
   * @param pause    ended by the owner when it does not want to wait any more
   */
  constructor(
    private readonly stream: Stream,
    private readonly pattern: string,
    private readonly clock: Clock,
    private readonly pause: Pause,
  ) {}

  /** Where the log ends. Fails with `journal-diverged` when that is before `position`, which was read. */
  async endAfter(position: number): Promise<number> {
    const { lastSequence } = await this.stream.state();
    if (lastSequence >= position) return lastSequence;
    throw new JournalError('journal-diverged', `The log ends at ${lastSequence}, before ${position}.`);
  }

  /**
   * Fails with `journal-diverged` when the log has another entry at this place: one that was lost and written anew may be as
   * long as the old one.
   */
  async prove({ sequence, data }: LogEntry): Promise<void> {
    const stored = await this.stream.get(sequence);
    if (!stored || Buffer.compare(stored.data, data) === 0) return;
    throw new JournalError('journal-diverged', `The log has another entry at ${sequence}.`);
  }

  /**
   * Gives what the log has in a range, until `give` says that it is enough. Fails with `journal-gone` when the log has dropped
   * something of it.
   */
  async read(
    fromSequence: number,
    toSequence: number,
    give: (entry: LogEntry) => boolean | Promise<boolean>,
  ): Promise<void> {
    let expected = fromSequence;
    let isChecked = false;
    let turnMs = this.clock.nowMs();
    for await (const stored of this.stream.scan(this.pattern, fromSequence, toSequence)) {
      if (stored.sequence > expected && !isChecked) {
        await this.checkNothingGone(expected);
        isChecked = true;
      }
      const given = give(stored);
      if (!(typeof given === 'boolean' ? given : await given)) return;
      expected = stored.sequence + 1;
      if (this.clock.nowMs() - turnMs > TURN_MS_MAX) {
        await this.pause.take(0);
        turnMs = this.clock.nowMs();
      }
    }
    if (expected <= toSequence && !isChecked) await this.checkNothingGone(expected);
  }

  /** Other subjects leave holes in what a pattern matches; so do entries that the log has dropped, and that is the end. */
  private async checkNothingGone(sequence: number): Promise<void> {
    const { firstSequence } = await this.stream.state();
    if (firstSequence <= sequence) return;
    throw new JournalError('journal-gone', `The log begins at ${firstSequence}, after ${sequence}.`);
  }
}
