import { JOURNAL_HEARD_BYTES_MAX, JOURNAL_HEARD_ENTRIES_MAX } from '@app/world';
import type { LogEntry } from './log-entry.js';

/** An entry that was republished. */
export interface HeardEntry extends LogEntry {
  /** Place of the entry before it on the same subject, 0 for the first; undefined when that is not known. */
  readonly previousSequence?: number;
}

/** Entries that were heard and wait for the handler. Bounded: when it is full it forgets them, the log still has them. */
export class HeardEntries {
  private entries: HeardEntry[] = [];
  /** Entries before this index are taken already. */
  private head = 0;
  private bytes = 0;

  /** False when there are too many: then all are forgotten. */
  push(entry: HeardEntry): boolean {
    const count = this.entries.length - this.head;
    if (count >= JOURNAL_HEARD_ENTRIES_MAX || this.bytes + entry.data.length > JOURNAL_HEARD_BYTES_MAX) {
      this.clear();
      return false;
    }
    this.entries.push(entry);
    this.bytes += entry.data.length;
    return true;
  }

  shift(): HeardEntry | undefined {
    if (this.head === this.entries.length) return undefined;
    const entry = this.entries[this.head++];
    this.bytes -= entry.data.length;
    if (this.head === this.entries.length) this.clear();
    return entry;
  }

  clear(): void {
    this.entries = [];
    this.head = 0;
    this.bytes = 0;
  }
}
