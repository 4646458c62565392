// Sequence numbers have 27 bits and begin again after the last (specification B.2).

export const SEQUENCE_MAX = 0x07ff_ffff;

/** The number that many steps on, or back. */
export function sequencePlus(sequence: number, steps: number): number {
  return (sequence + steps) & SEQUENCE_MAX;
}

/** Steps from one number on to another: 0 to 2^27 - 1. */
export function sequenceSteps(from: number, to: number): number {
  return (to - from) & SEQUENCE_MAX;
}

/** Whether `a` comes after `b`. */
export function isSequenceAfter(a: number, b: number): boolean {
  const steps = sequenceSteps(b, a);
  return steps >= 1 && steps <= 0x03ff_ffff;
}
