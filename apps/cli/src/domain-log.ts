import { join } from 'node:path';
import { LogFile } from './log-file.js';
import { formatLogLine } from './log-line.js';

/** Where the supervisor prints; replaced in tests. */
export interface Console {
  out: (line: string) => void;
  isTerminal: boolean;
}

/** Everything that the roles say: all of it into one file per role, what an operator must see onto the console. */
export class DomainLog {
  private readonly files = new Map<string, LogFile>();

  constructor(
    private readonly folder: string,
    private readonly format: string,
    private readonly console: Console,
  ) {}

  handleLine(slot: string, role: string, line: string): void {
    this.fileOf(role).append(line);
    const shown = this.format === 'json' ? line : formatLogLine(slot, line, this.console.isTerminal);
    if (shown !== undefined) this.console.out(shown);
  }

  /** A sentence of the supervisor itself. */
  say(sentence: string): void {
    this.fileOf('supervisor').append(`${new Date().toISOString()} ${sentence}`);
    if (this.format === 'json') {
      const fields = { level: 'info', time: new Date().toISOString(), role: 'supervisor', msg: sentence };
      this.console.out(JSON.stringify(fields));
    } else {
      this.console.out(sentence);
    }
  }

  private fileOf(role: string): LogFile {
    let file = this.files.get(role);
    if (!file) {
      file = new LogFile(join(this.folder, `${role}.log`));
      this.files.set(role, file);
    }
    return file;
  }
}
