import { CodedError } from '@app/world';

export type VircadiaErrorCode =
  'archive-invalid' | 'import-invalid' | 'vircadia-packet-malformed' | 'vircadia-packet-too-large';

/** A file or packet that is not what it should be, or larger than allowed. Never retryable: the same bytes fail again. */
export class VircadiaError extends CodedError {
  declare readonly code: VircadiaErrorCode;

  constructor(code: VircadiaErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, false, options);
    this.name = 'VircadiaError';
  }
}

/** Bytes that are no such packet (`vircadia-packet-malformed`), or values that fit into none (`…-too-large`). */
export class PacketError extends VircadiaError {
  /** @param field  where it went wrong, in the specification's words, for example `codec` */
  constructor(
    code: 'vircadia-packet-malformed' | 'vircadia-packet-too-large',
    readonly field: string,
    sentence: string,
    options?: { cause?: unknown },
  ) {
    super(code, `${field}: ${sentence}`, options);
    this.name = 'PacketError';
  }
}

/**
 * The one error of everything that reads packets. It has no stack: strangers can cause thousands of them in a second,
 * gathering the stack is most of what each costs, and the field says where it was.
 */
export function malformed(field: string, sentence: string, options?: { cause?: unknown }): PacketError {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new PacketError('vircadia-packet-malformed', field, sentence, options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The one error of everything that writes packets. */
export function tooLarge(field: string, sentence: string): PacketError {
  return new PacketError('vircadia-packet-too-large', field, sentence);
}
