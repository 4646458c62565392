import { EvanOpusCodec, type OpusCodec, type OpusEncoder } from '@app/opus';
import { sampleVoice } from '@app/testing';
import { BLOCK_FRAMES } from '@app/world';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CountingCodec } from '../test/counting-codec.js';
import { MixReception } from '../test/mix-reception.js';
import { ALIKE_BLOCKS, MixEncoding } from './mix-encoding.js';
import { type SharedEncoder, TAIL_BLOCKS } from './shared-encoder.js';

const OPTIONS = { bitrate: 64_000, complexity: 5, crowdComplexity: 5, frameMs: 20 };
const plainCodec = new EvanOpusCodec();
const SILENCE = new Int16Array(2 * BLOCK_FRAMES);

/** Breath, that no pitch predicts. */
const NOISE = Int16Array.from({ length: 48_000 }, (_, n) => ((Math.imul(n + 1, 0x9e37_79b1) >>> 16) - 32_768) / 40);

/** A block of one of several mixes; 0 is silence. All have the same voice, from different sides and with something else. */
function mixOf(kind: number, block: number): Int16Array {
  if (kind === 0) return SILENCE;
  const from = block * BLOCK_FRAMES;
  const voice = sampleVoice(BLOCK_FRAMES, from);
  const hz = 200 + 90 * kind;
  const pcm = new Int16Array(2 * BLOCK_FRAMES);
  for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
    const at = from + frame;
    const tone = kind === 1 ? 0 : 1_500 * Math.sin((2 * Math.PI * hz * at) / 48_000);
    for (const ear of [0, 1]) {
      const noise = NOISE[(at + 7_919 * ear) % NOISE.length];
      pcm[2 * frame + ear] = (0.5 + 0.2 * ((kind + ear) & 1)) * voice[frame] + tone + noise;
    }
  }
  return pcm;
}

function hashOf(pcm: Int16Array): number {
  let hash = 0;
  for (const sample of pcm) hash = (Math.imul(hash, 31) + sample) | 0;
  return hash;
}

class Ear {
  share: SharedEncoder | undefined;
  readonly reception: MixReception;
  readonly packetCounts: number[] = [];
  /** The same ear with an encoder of its own all the time. */
  readonly control: MixReception;
  private readonly encoder: OpusEncoder;

  constructor(codec: CountingCodec) {
    this.reception = new MixReception(codec);
    this.control = new MixReception(plainCodec);
    this.encoder = plainCodec.createEncoder({ ...OPTIONS, channels: 2, application: 'lowdelay' });
  }

  take(pcm: Int16Array, share: SharedEncoder): void {
    this.share = share;
    this.packetCounts.push(share.packets.length);
    this.reception.take(pcm, share.packets);
    this.control.take(pcm, [this.encoder.encode(pcm)]);
  }

  close(): void {
    this.reception.close();
    this.control.close();
    this.encoder.close();
  }
}

let codec: CountingCodec;
let encoding: MixEncoding;
let ears: Ear[];
let block: number;
beforeEach(() => {
  codec = new CountingCodec();
  encoding = new MixEncoding(codec, OPTIONS, 16);
  ears = [];
  block = 0;
});
afterEach(() => {
  for (const ear of ears) {
    if (ear.share) encoding.leave(ear.share);
    ear.close();
  }
  expect(codec.open).toBe(0);
});

/** Lets ears hear these kinds of mixes for some ticks. */
function run(kinds: readonly number[], ticks: number, hash: (pcm: Int16Array) => number = hashOf): void {
  while (ears.length < kinds.length) ears.push(new Ear(codec));
  for (let tick = 0; tick < ticks; tick++, block++) {
    encoding.begin();
    kinds.forEach((kind, index) => {
      const pcm = mixOf(kind, block);
      const ear = ears[index];
      ear.take(pcm, encoding.encode(ear.share, pcm, hash(pcm), kind === 0, 1));
    });
  }
}

/** What is decoded around a change must be as good as with one encoder all the time, and without a step of its own. */
function expectNoSeam({ reception, control }: Ear, at: number): void {
  expect(reception.snrDb(at, at + 2)).toBeGreaterThan(control.snrDb(at, at + 2) - 3);
  const { heard } = reception.steepest(at - 1, at + 4);
  const own = control.steepest(at - 1, at + 4);
  expect(heard - Math.max(own.heard, own.meant)).toBeLessThan(0.01);
}

describe('MixEncoding', () => {
  it('encodes each mix by itself while nothing is alike', () => {
    run([1, 2, 3], 10);
    expect(codec.encodes).toBe(30);
    expect([encoding.encoded, encoding.saved]).toEqual([3, 0]);
    for (const ear of ears) expect(ear.reception.snrDb(2, 9)).toBeGreaterThan(5);
  });

  it('encodes once for all who have heard the same for some blocks', () => {
    run([1, 2, 1, 1], ALIKE_BLOCKS);
    expect(encoding.encoded).toBe(4);
    run([1, 2, 1, 1], 1);
    expect([encoding.encoded, encoding.saved]).toEqual([2, 2]);
    expect(ears[2].share).toBe(ears[0].share);
    expect(ears[1].share).not.toBe(ears[0].share);
    expect(codec.open).toBe(2);
  });

  it('is not deceived by equal hashes of different mixes', () => {
    run([1, 2, 1, 3], 12, () => 7);
    expect([encoding.encoded, encoding.saved]).toEqual([3, 1]);
    for (const ear of ears) expect(ear.reception.snrDb(2, 11)).toBeGreaterThan(5);
  });

  it('lets nobody hear that encoders became one, or were parted again by the first block that differs', () => {
    // The same voice for everybody; then one hears something else besides.
    run([1, 1, 1], 40);
    expect(encoding.encoded).toBe(1);
    run([1, 2, 1], 1);
    expect(encoding.encoded).toBe(2);
    run([1, 2, 1], 30);
    for (const ear of ears) {
      expectNoSeam(ear, 10);
      expectNoSeam(ear, 40);
    }
    run([1, 1, 1], 30);
    expect(encoding.encoded).toBe(1);
    for (const ear of ears) expectNoSeam(ear, 71 + ALIKE_BLOCKS);
  });

  it('gives those who leave a group together one encoder, whoever of the group comes first', () => {
    run([1, 1, 1, 1], 10);
    run([2, 1, 1, 1], 1);
    expect([encoding.encoded, encoding.saved]).toEqual([2, 2]);
    run([2, 3, 3, 1], 1);
    expect([encoding.encoded, encoding.saved]).toEqual([3, 1]);
    expect(ears[1].share).toBe(ears[2].share);
    expect(codec.open).toBe(3);
  });

  it('goes on without a seam for a group that becomes one with another while one of it leaves', () => {
    run([2, 1, 1, 1], 10);
    run([1, 1, 1, 1], ALIKE_BLOCKS);
    run([1, 1, 3, 1], 20);
    expect([encoding.encoded, encoding.saved]).toEqual([2, 2]);
    expectNoSeam(ears[2], 10 + ALIKE_BLOCKS);
    expectNoSeam(ears[3], 10 + ALIKE_BLOCKS);
  });

  it('sends nothing to those whose mix is silent, after the end of the last sound', () => {
    run([1, 1, 0], 10);
    run([1, 0, 0], 10);
    run([0, 0, 0], 10);
    run([1, 1, 0], 5);
    const counts = ears.map(({ packetCounts }) => packetCounts.join(''));
    expect(counts[0]).toBe('1'.repeat(20) + '1'.repeat(TAIL_BLOCKS) + '0'.repeat(10 - TAIL_BLOCKS) + '1'.repeat(5));
    expect(counts[1]).toBe('1'.repeat(10) + '1'.repeat(TAIL_BLOCKS) + '0'.repeat(20 - TAIL_BLOCKS) + '1'.repeat(5));
    expect(counts[2]).toBe('0'.repeat(35));
    // What was decoded last is silence.
    for (const { reception } of ears.slice(0, 1)) {
      const end = (20 + TAIL_BLOCKS) * BLOCK_FRAMES;
      expect(Math.max(...reception.heard.slice(end - 480, end).map(Math.abs))).toBeLessThan(0.001);
    }
  });

  it('makes two packets of each block for those who want 10 ms', () => {
    encoding = new MixEncoding(codec, { ...OPTIONS, frameMs: 10 }, 16);
    run([1, 1, 2], 20);
    expect(ears[0].packetCounts.every((count) => count === 2)).toBe(true);
    run([1, 3, 2], 20);
    for (const ear of ears) expectNoSeam(ear, 20);
  });

  it('spends less effort on a share of the encoders when it is told to', () => {
    run([1, 2, 3, 4, 5, 6, 7, 8], 2);
    encoding.setComplexity(2.5);
    run([1, 2, 3, 4, 5, 6, 7, 8], 1);
    expect(codec.complexities.filter((complexity) => complexity === 3).length).toBeGreaterThanOrEqual(3);
    expect(codec.complexities.filter((complexity) => complexity === 2).length).toBeGreaterThanOrEqual(3);
    expect(new Set(codec.complexities).size).toBe(2);
    encoding.setComplexity(9);
    run([1, 2, 3, 4, 5, 6, 7, 8], 1);
    expect(codec.complexities).toEqual(new Array<number>(8).fill(5));
  });

  it('forgets a listener who leaves, and no one else of the group', () => {
    run([1, 1, 1], 10);
    const [first] = ears.splice(0, 1);
    if (first.share) encoding.leave(first.share);
    first.close();
    expect(codec.open).toBe(1);
    run([1, 1], 10);
    for (const ear of ears) expectNoSeam(ear, 10);
  });

  it('gives everybody their own mix, however groups form and part', () => {
    const phase = fc.record({
      kinds: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }),
      ticks: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(fc.array(phase, { minLength: 2, maxLength: 8 }), (phases) => {
        for (const { kinds, ticks } of phases) {
          run(kinds, ticks);
          // Sharing may come late, but it is all that differs from one encode for each different mix.
          const sounding = kinds.filter((kind) => kind > 0);
          if (ticks > ALIKE_BLOCKS) expect(encoding.encoded).toBeGreaterThanOrEqual(new Set(sounding).size);
          ears.forEach(({ share }, index) => {
            const pcm = mixOf(kinds[index], block - 1);
            expect(share?.holds(pcm, hashOf(pcm))).toBe(true);
          });
        }
        expect(codec.open).toBeLessThanOrEqual(ears.length);
      }),
      { numRuns: 10 },
    );
  });

  it('spends less effort on mixes of many voices', () => {
    const efforts: number[] = [];
    const watched: OpusCodec = {
      createDecoder: () => codec.createDecoder(),
      createEncoder: (options) => {
        const encoder = codec.createEncoder(options);
        efforts.push(options.complexity);
        return { ...encoder, setComplexity: (complexity) => void efforts.push(complexity) };
      },
    };
    const careful = new MixEncoding(watched, { ...OPTIONS, crowdComplexity: 1 }, 4);
    let share: SharedEncoder | undefined;
    for (const signals of [1, 8, 9, 100, 2]) {
      careful.begin();
      share = careful.encode(share, mixOf(1, block), 1, false, signals);
      block++;
    }
    expect(efforts).toEqual([5, 1, 5]);
    if (share) careful.leave(share);
  });
});
