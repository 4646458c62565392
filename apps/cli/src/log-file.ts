import { closeSync, fstatSync, openSync, renameSync, write } from 'node:fs';

/** Bytes of one log file; there are two for each role, the current one and the one before. */
export const LOG_FILE_BYTES_MAX = 16 * 1_024 * 1_024;
/** Bytes waiting for a slow disk; more are lost. */
const WAITING_BYTES_MAX = 4 * 1_024 * 1_024;

/** Appends lines to a file of bounded size (with what waits at the moment of the change on top). Never blocks the supervisor, and a full disk does not stop it. */
export class LogFile {
  private descriptor: number | undefined;
  private sizeBytes = 0;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private isWriting = false;

  constructor(
    private readonly file: string,
    private readonly bytesMax: number = LOG_FILE_BYTES_MAX,
  ) {
    this.open();
  }

  append(line: string): void {
    if (this.waitingBytes > WAITING_BYTES_MAX) return;
    const bytes = Buffer.from(`${line}\n`);
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    if (!this.isWriting) this.writeWaiting();
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private open(): void {
    try {
      this.descriptor = openSync(this.file, 'a', 0o600);
      this.sizeBytes = fstatSync(this.descriptor).size;
    } catch {
      // Without a place to write, lines are lost; what matters is printed as well.
      this.descriptor = undefined;
    }
  }

  private writeWaiting(): void {
    if (this.sizeBytes > this.bytesMax) this.rotate();
    const chunk = Buffer.concat(this.waiting);
    this.waiting = [];
    this.waitingBytes = 0;
    if (this.descriptor === undefined || chunk.length === 0) return;
    this.isWriting = true;
    this.sizeBytes += chunk.length;
    write(this.descriptor, chunk, () => {
      this.isWriting = false;
      if (this.waiting.length > 0) this.writeWaiting();
    });
  }

  private rotate(): void {
    this.close();
    try {
      renameSync(this.file, `${this.file}.1`);
    } catch {
      // The next attempt is one line away.
    }
    this.open();
  }
}
