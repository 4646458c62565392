/** How a WAV file holds its samples. */
export interface WaveOptions {
  rateHz?: number;
  channels?: number;
  bits?: 8 | 16 | 24 | 32 | 64;
  isFloat?: boolean;
  isExtensible?: boolean;
  /** A chunk before the samples that nobody knows, of an odd size. */
  hasStranger?: boolean;
}

/** A WAV file of these samples, in [-1, 1]; all channels hold the same unless `sampleOf` knows better. */
export function waveFile(
  frames: number,
  sampleOf: (frame: number, channel: number) => number,
  options: WaveOptions = {},
): Uint8Array<ArrayBuffer> {
  const { rateHz = 48_000, channels = 1, bits = 16, isFloat = false, isExtensible = false } = options;
  const width = bits / 8;
  const formatBytes = isExtensible ? 40 : 16;
  const strangerBytes = options.hasStranger ? 8 + 4 : 0;
  const dataBytes = frames * channels * width;
  const view = new DataView(new ArrayBuffer(12 + 8 + formatBytes + strangerBytes + 8 + dataBytes));
  const text = (at: number, letters: string): void => {
    for (let index = 0; index < letters.length; index++) view.setUint8(at + index, letters.charCodeAt(index));
  };
  text(0, 'RIFF');
  view.setUint32(4, view.byteLength - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, formatBytes, true);
  const tag = isFloat ? 3 : 1;
  view.setUint16(20, isExtensible ? 0xfffe : tag, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * channels * width, true);
  view.setUint16(32, channels * width, true);
  view.setUint16(34, bits, true);
  if (isExtensible) view.setUint16(44, tag, true);
  let at = 20 + formatBytes;
  if (strangerBytes > 0) {
    text(at, 'LIST');
    view.setUint32(at + 4, 3, true);
    at += strangerBytes;
  }
  text(at, 'data');
  view.setUint32(at + 4, dataBytes, true);
  at += 8;
  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++, at += width) {
      writeSample(view, at, sampleOf(frame, channel), bits, isFloat);
    }
  }
  return new Uint8Array(view.buffer);
}

function writeSample(view: DataView, at: number, sample: number, bits: number, isFloat: boolean): void {
  if (isFloat && bits === 32) view.setFloat32(at, sample, true);
  else if (isFloat) view.setFloat64(at, sample, true);
  else if (bits === 8) view.setUint8(at, Math.round(sample * 127) + 128);
  else if (bits === 16) view.setInt16(at, Math.round(sample * 32_767), true);
  else if (bits === 32) view.setInt32(at, Math.round(sample * 2_147_483_647), true);
  else {
    const value = Math.round(sample * 8_388_607);
    view.setUint16(at, value & 0xffff, true);
    view.setInt8(at + 2, value >> 16);
  }
}

/** A tone of half of full scale. */
export function toneOf(hz: number, rateHz = 48_000): (frame: number) => number {
  return (frame) => 0.5 * Math.sin((2 * Math.PI * hz * frame) / rateHz);
}
