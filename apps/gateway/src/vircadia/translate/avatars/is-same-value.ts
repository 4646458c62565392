/** Whether two values of a section say the same: numbers, texts, and lists and objects of them. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  for (const key in a) {
    if (!isSameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false;
  }
  // What is longer than the other says more.
  return Object.keys(a).length === Object.keys(b).length;
}
