/** Pose sequences have 16 bits and wrap. */
export const SEQUENCE_MODULUS = 0x1_0000;

/** The sequence after this one. */
export function nextSequence(sequence: number): number {
  return (sequence + 1) % SEQUENCE_MODULUS;
}

/**
 * How far `a` is ahead of `b`, in (-32768, 32768]. Exactly half way round counts as ahead, as in RFC 1982's undefined
 * case, which a sender at 60 Hz reaches only after nine minutes of silence.
 */
export function sequenceDistance(a: number, b: number): number {
  const difference = (a - b) & 0xffff;
  return difference > 0x8000 ? difference - SEQUENCE_MODULUS : difference;
}

/** Whether `a` was sent after `b`. */
export function isNewerSequence(a: number, b: number): boolean {
  return sequenceDistance(a, b) > 0;
}
