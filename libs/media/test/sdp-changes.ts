import fc from 'fast-check';

/** Session descriptions that have come of a real one by changing, losing, mixing and repeating its lines. */
export function changesOf(sdp: string): fc.Arbitrary<string> {
  const lines = sdp.split('\r\n');
  const change = fc.oneof(
    fc.record({ at: fc.nat(lines.length - 1), text: fc.string({ maxLength: 60 }) }).map(({ at, text }) => {
      const changed = [...lines];
      changed[at] = text;
      return changed;
    }),
    fc.record({ at: fc.nat(lines.length - 1), tail: fc.string({ maxLength: 30 }) }).map(({ at, tail }) => {
      const changed = [...lines];
      changed[at] = changed[at].slice(0, changed[at].indexOf(':') + 1) + tail;
      return changed;
    }),
    fc.shuffledSubarray(lines, { minLength: 1 }).map((some) => ['v=0', ...some]),
    fc.array(fc.constantFrom(...lines), { maxLength: 60 }).map((some) => ['v=0', ...some]),
  );
  return change.map((changed) => changed.join('\r\n'));
}
