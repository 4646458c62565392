// Obfuscation gets packets through boxes that drop a certain pattern of bits (specification B.4). It hides nothing.

const KEYS: ReadonlyArray<Uint8Array | undefined> = [
  undefined,
  Uint8Array.of(0x74, 0x65, 0x73, 0x73, 0x69, 0x72, 0x62, 0x63),
  Uint8Array.of(0x61, 0x64, 0x72, 0x61, 0x72, 0x69, 0x62, 0x73),
  Uint8Array.of(0x6e, 0x61, 0x6d, 0x66, 0x66, 0x75, 0x68, 0x72),
];

/**
 * A copy with everything from `start` on obfuscated, or no longer obfuscated: doing it twice undoes it. The header's
 * bits are the caller's.
 */
export function obfuscated(datagram: Uint8Array, level: number, start: number): Uint8Array {
  const copy = datagram.slice();
  const key = KEYS[level];
  if (key) for (let i = start; i < copy.length; i++) copy[i] ^= key[(i - start) & 7];
  return copy;
}

/** The level of the n-th time that a packet is sent again, from 1. */
export function obfuscationOfResend(resendCount: number): number {
  return resendCount < 2 ? 0 : (resendCount - 2) & 3;
}
