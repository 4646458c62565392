/** Throws when an invariant of ours is broken. Never used on what comes from outside: that is checked by decoders. */
export function assert(holds: unknown, meaning: string): asserts holds {
  if (!holds) throw new Error(`Broken invariant: ${meaning}`);
}
