import { CodedError } from '@app/world';

export type SettingsErrorCode = 'settings-invalid' | 'settings-unknown' | 'settings-file-unreadable';

/** A setting that cannot be used; the message names where it was given. The process does not start. */
export class SettingsError extends CodedError {
  declare readonly code: SettingsErrorCode;

  constructor(code: SettingsErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, false, options);
    this.name = 'SettingsError';
  }
}
