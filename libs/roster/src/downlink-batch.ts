import { BATCH_BYTES_MAX } from '@app/world';

/** What an entry adds to its bytes, at most: tags, lengths and the session. */
const ENTRY_OVERHEAD_BYTES = 16;

/** Collects what one tick of a mixer has for one gateway; it leaves as one message, or as few when it is very much. */
export class DownlinkBatch<Entry> {
  private entries: Entry[] = [];
  private bytes = 0;
  /** Of the entries that wait. */
  private tick = 0;
  private hasSent = false;

  /**
   * @param sizeOf  bytes of an entry's content
   * @param send    publishes one message; it must be done with the entries when it returns
   */
  constructor(
    private readonly sizeOf: (entry: Entry) => number,
    private readonly send: (tick: number, entries: Entry[]) => void,
  ) {}

  /** Takes an entry of a tick: the present one, or one before it whose entry could not leave earlier. */
  add(tick: number, entry: Entry): void {
    const size = ENTRY_OVERHEAD_BYTES + this.sizeOf(entry);
    const isOther = tick !== this.tick || this.bytes + size > BATCH_BYTES_MAX;
    if (this.entries.length > 0 && isOther) this.sendNow(this.tick);
    this.tick = tick;
    this.entries.push(entry);
    this.bytes += size;
  }

  /**
   * Ends the tick: sends the rest.
   *
   * @param isSignDue  send an empty message if there is nothing else, because the gateway takes silence for death
   * @returns whether anything was sent in this tick
   */
  flush(tick: number, isSignDue: boolean): boolean {
    if (this.entries.length > 0) this.sendNow(this.tick);
    else if (isSignDue && !this.hasSent) this.sendNow(tick);
    const { hasSent } = this;
    this.hasSent = false;
    return hasSent;
  }

  private sendNow(tick: number): void {
    this.send(tick, this.entries);
    this.entries.length = 0;
    this.bytes = 0;
    this.hasSent = true;
  }
}
