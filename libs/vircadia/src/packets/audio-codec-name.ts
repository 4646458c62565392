import type { ByteReader } from '../coding/byte-reader.js';
import { malformed } from '../vircadia.errors.js';

const KNOWN = ['opus', 'pcm', 'zlib'].map((name) => ({ name, bytes: Buffer.from(name) }));
/** Names are short; what is longer is none. */
const NAME_BYTES_MAX = 64;

/**
 * The name of an audio codec (`str32`), empty before the mixer has chosen one. It is in each of a hundred packets a
 * second from everybody, so the known ones are recognised without making a text.
 */
export function readAudioCodecName(reader: ByteReader): string {
  const length = reader.u32('codec');
  if (length === 0) return '';
  if (length > NAME_BYTES_MAX) throw malformed('codec', `No codec has a name of ${length} bytes.`);
  const view = reader.bytesOf(length, 'codec');
  for (const { name, bytes } of KNOWN) if (bytes.length === length && bytes.equals(view)) return name;
  return Buffer.from(view).toString('utf8');
}
