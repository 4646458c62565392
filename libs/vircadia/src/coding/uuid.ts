/** The UUID of nobody. */
export const NULL_UUID = '00000000-0000-0000-0000-000000000000';

/** Bytes of a UUID; they are in the order of its text (specification 0.1). */
export const UUID_BYTES = 16;

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const HYPHEN = 0x2d;
const NINE = 0x39;
const PATTERN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The text of 16 bytes, in lower case. */
export function uuidText(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let i = 0; i < UUID_BYTES; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += HEX[bytes[at + i]];
  }
  return text;
}

/** Writes a UUID's 16 bytes. Throws RangeError for what is none: UUIDs to be sent are ours, or have been read. */
export function putUuid(bytes: Uint8Array, at: number, uuid: string): void {
  if (!PATTERN.test(uuid)) throw new RangeError(`${uuid} is no UUID`);
  let digit = 0;
  for (let i = 0; i < UUID_BYTES; i++) {
    if (uuid.charCodeAt(digit) === HYPHEN) digit++;
    bytes[at + i] = (valueOf(uuid.charCodeAt(digit)) << 4) | valueOf(uuid.charCodeAt(digit + 1));
    digit += 2;
  }
}

/** Of a digit's character: those of letters end with 1 to 6 in either case. */
function valueOf(code: number): number {
  return code > NINE ? (code & 0xf) + 9 : code & 0xf;
}

/** The 16 bytes of a UUID. */
export function uuidBytes(uuid: string): Uint8Array {
  const bytes = new Uint8Array(UUID_BYTES);
  putUuid(bytes, 0, uuid);
  return bytes;
}
