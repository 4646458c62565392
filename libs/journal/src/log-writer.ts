import type { Clock } from '@app/clock';
import type { Stream } from '@app/broker';
import { JournalError } from './journal.errors.js';

export interface LogWriterOptions {
  /** Largest record, in bytes. */
  recordBytesMax: number;
  /** How long an append whose fate is not known is looked into before `journal-unavailable`, in ms. Default 10,000. */
  resolveMsMax?: number;
}

/** The one writer of a subject, as long as nobody else writes there. One append is in flight at a time. */
export class LogWriter {
  constructor(
    protected readonly stream: Stream,
    protected readonly subject: string,
    protected readonly clock: Clock,
    protected readonly options: LogWriterOptions,
  ) {}

  /** Sequence of the subject's last record as this writer knows it; 0 when there is none. */
  get lastSequence(): number {
    return 0;
  }

  /** Learns the subject's last sequence, which the next append will name. Again after `journal-unavailable`. */
  open(): Promise<void> {
    return Promise.reject(new JournalError('journal-closed', 'Not there yet.'));
  }

  /**
   * Resolves with the record's sequence when the log has it. `messageId` names this record and no other. Fails with
   * `journal-fenced` when somebody else has written since (for good), `journal-record-too-large`, `journal-unavailable`
   * (the log may or may not have it; `open` before the next), or `journal-closed`.
   */
  append(_data: Uint8Array, _messageId: string): Promise<number> {
    return Promise.reject(new JournalError('journal-closed', 'Not there yet.'));
  }

  /** Gives up what is in flight with `journal-closed`. A second call is harmless. */
  close(): void {}
}
