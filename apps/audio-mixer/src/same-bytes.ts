/** Whether both hold the same bytes. What is not known yet is the same as nothing, not even as no bytes. */
export function areSameBytes(known: Uint8Array | undefined, bytes: Uint8Array): boolean {
  if (known?.length !== bytes.length) return false;
  for (let index = 0; index < bytes.length; index++) if (known[index] !== bytes[index]) return false;
  return true;
}
