import { EvanOpusCodec } from '@app/opus';

const FRAMES = 960;
/** Samples that an encoder of music holds back. */
const PRE_SKIP = 312;
const PACKETS_PER_PAGE = 10;

/** An Ogg Opus file of these 16-bit samples, mono at 48 kHz. */
export function opusFile(samples: Int16Array, gainDb = 0): Uint8Array<ArrayBuffer> {
  const encoder = new EvanOpusCodec().createEncoder({ channels: 1, bitrate: 96_000, complexity: 5 });
  const packets: Uint8Array[] = [];
  const count = Math.ceil((samples.length + PRE_SKIP) / FRAMES);
  for (let index = 0; index < count; index++) {
    const block = new Int16Array(FRAMES);
    block.set(samples.subarray(index * FRAMES, (index + 1) * FRAMES));
    packets.push(encoder.encode(block));
  }
  encoder.close();
  const head = new DataView(new ArrayBuffer(19));
  'OpusHead'.split('').forEach((letter, index) => head.setUint8(index, letter.charCodeAt(0)));
  head.setUint8(8, 1);
  head.setUint8(9, 1);
  head.setUint16(10, PRE_SKIP, true);
  head.setUint32(12, 48_000, true);
  head.setInt16(16, gainDb * 256, true);
  const pages = [page(0, 0, 2, [new Uint8Array(head.buffer)]), page(1, 0, 0, [new TextEncoder().encode('OpusTags')])];
  for (let index = 0; index < packets.length; index += PACKETS_PER_PAGE) {
    const isLast = index + PACKETS_PER_PAGE >= packets.length;
    const granule = isLast ? samples.length + PRE_SKIP : (index + PACKETS_PER_PAGE) * FRAMES;
    pages.push(page(pages.length, granule, isLast ? 4 : 0, packets.slice(index, index + PACKETS_PER_PAGE)));
  }
  return Uint8Array.from(pages.flatMap((bytes) => [...bytes]));
}

function page(sequence: number, granule: number, flags: number, packets: readonly Uint8Array[]): Uint8Array {
  const lacing = packets.flatMap(({ length }) => [
    ...new Array<number>(Math.floor(length / 255)).fill(255),
    length % 255,
  ]);
  const bodyBytes = packets.reduce((sum, { length }) => sum + length, 0);
  const view = new DataView(new ArrayBuffer(27 + lacing.length + bodyBytes));
  'OggS'.split('').forEach((letter, index) => view.setUint8(index, letter.charCodeAt(0)));
  view.setUint8(5, flags);
  view.setBigInt64(6, BigInt(granule), true);
  view.setUint32(14, 77, true);
  view.setUint32(18, sequence, true);
  view.setUint8(26, lacing.length);
  const bytes = new Uint8Array(view.buffer);
  bytes.set(lacing, 27);
  let at = 27 + lacing.length;
  for (const packet of packets) {
    bytes.set(packet, at);
    at += packet.length;
  }
  return bytes;
}
