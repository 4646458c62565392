import { CodedError } from '@app/world';

export type CliErrorCode =
  | 'cli-usage'
  | 'cli-port-in-use'
  | 'cli-data-dir-in-use'
  | 'cli-data-dir-unusable'
  | 'cli-broker-missing'
  | 'cli-not-built'
  | 'cli-role-refused'
  | 'cli-domain-unreachable'
  | 'cli-unreadable'
  | 'cli-file-unusable'
  | 'cli-import-broken'
  | 'cli-bots-failed';

/** Something the person at the command line can mend; the message is the one sentence they see. */
export class CliError extends CodedError {
  declare readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, false, options);
    this.name = 'CliError';
  }

  /** 2 for a command that cannot be understood, 1 for one that cannot be done. */
  get exitCode(): number {
    return this.code === 'cli-usage' ? 2 : 1;
  }
}
