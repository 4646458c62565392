import type { BitReader } from './bit-reader.js';
import { SoundProblem } from './sound-problem.js';

/** Kinds of subframes. */
const CONSTANT = 0;
const VERBATIM = 1;
const FIXED = 8;
const FIXED_ORDER_MAX = 4;
const LINEAR = 32;
/** Predictors that need no coefficients of their own. */
const FIXED_WEIGHTS: ReadonlyArray<readonly number[]> = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];
/** Numbers of a prediction have this many bits less than one. */
const PRECISION_NONE = 15;

/** Reads one channel of a frame. @param bits  of its samples, up to 25 */
export function readFlacSubframe(reader: BitReader, samples: Int32Array, length: number, bits: number): void {
  reader.skip(1);
  const kind = reader.unsigned(6);
  const wasted = reader.unsigned(1) ? reader.zeros() + 1 : 0;
  const width = bits - wasted;
  if (width < 1) throw broken('A channel has no bits.');
  if (kind === CONSTANT) samples.fill(reader.signed(width), 0, length);
  else if (kind === VERBATIM) readPlain(reader, samples, length, width);
  else if (kind >= FIXED && kind <= FIXED + FIXED_ORDER_MAX) {
    const order = kind - FIXED;
    readPlain(reader, samples, Math.min(order, length), width);
    readResidual(reader, samples, length, order);
    predict(samples, length, FIXED_WEIGHTS[order], 0);
  } else if (kind >= LINEAR) readLinear(reader, samples, length, width, kind - LINEAR + 1);
  else throw broken('A channel is of no kind.');
  if (wasted > 0) for (let index = 0; index < length; index++) samples[index] <<= wasted;
}

function readLinear(reader: BitReader, samples: Int32Array, length: number, width: number, order: number): void {
  readPlain(reader, samples, Math.min(order, length), width);
  const precision = reader.unsigned(4);
  const shift = reader.signed(5);
  if (precision === PRECISION_NONE || shift < 0) throw broken('A prediction cannot be.');
  const weights = Array.from({ length: order }, () => reader.signed(precision + 1));
  readResidual(reader, samples, length, order);
  predict(samples, length, weights, shift);
}

function readPlain(reader: BitReader, samples: Int32Array, length: number, width: number): void {
  for (let index = 0; index < length; index++) samples[index] = reader.signed(width);
}

/** What predictions are wrong by, from `order` on. */
function readResidual(reader: BitReader, samples: Int32Array, length: number, order: number): void {
  const method = reader.unsigned(2);
  if (method > 1) throw broken('Errors are told in no way.');
  const parameterBits = method === 0 ? 4 : 5;
  const escape = (1 << parameterBits) - 1;
  const parts = 1 << reader.unsigned(4);
  const partLength = length / parts;
  if (!Number.isInteger(partLength) || partLength < order) throw broken('Errors are divided in no way.');
  for (let part = 0; part < parts; part++) {
    const begin = part === 0 ? order : part * partLength;
    const end = (part + 1) * partLength;
    const parameter = reader.unsigned(parameterBits);
    if (parameter === escape) readPart(reader, samples.subarray(begin, end), reader.unsigned(5));
    else readRice(reader, samples, begin, end, parameter);
  }
}

/** Up to 31 bits each. */
function readPart(reader: BitReader, samples: Int32Array, width: number): void {
  if (width > 25) throw broken('Errors are too large.');
  readPlain(reader, samples, samples.length, width);
}

function readRice(reader: BitReader, samples: Int32Array, begin: number, end: number, parameter: number): void {
  if (parameter > 25) throw broken('Errors are too large.');
  for (let index = begin; index < end; index++) {
    const value = reader.zeros() * 2 ** parameter + reader.unsigned(parameter);
    samples[index] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** Adds to each error what those before it predict. */
function predict(samples: Int32Array, length: number, weights: readonly number[], shift: number): void {
  const order = weights.length;
  const scale = 2 ** -shift;
  for (let index = order; index < length; index++) {
    let sum = 0;
    for (let before = 0; before < order; before++) sum += weights[before] * samples[index - 1 - before];
    samples[index] += Math.floor(sum * scale);
  }
}

function broken(text: string): SoundProblem {
  return new SoundProblem('sound-broken', text);
}
