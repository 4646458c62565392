import { BINS_MAX } from '../mix/mix-memory.js';

/** Directions of the far field on the horizon; two more are straight up and down. */
export const HORIZON_BINS = 16;
/** The bin overhead, and the one underfoot. */
export const ZENITH_BIN = 16;
export const NADIR_BIN = 17;

/**
 * Directions of the bins in the world, three words each: x right, y up, z back. Bin 0 is along -z, and they turn towards +x.
 */
export const BIN_DIRECTIONS = Float64Array.from({ length: 3 * BINS_MAX }, (_, index) => {
  const bin = Math.floor(index / 3);
  const axis = index % 3;
  if (bin >= HORIZON_BINS) return axis === 1 ? (bin === ZENITH_BIN ? 1 : -1) : 0;
  const angle = (bin / HORIZON_BINS) * 2 * Math.PI;
  return axis === 0 ? Math.sin(angle) : axis === 1 ? 0 : -Math.cos(angle);
});

/** Table steps of one quarter turn. */
const QUARTER_STEPS = 512;
const TURN_STEPS = 4 * QUARTER_STEPS;
const BIN_RAD = (2 * Math.PI) / HORIZON_BINS;

/**
 * Place on the horizon over the "diamond angle" x / (|x| + |z|), which grows with the true angle but costs one division:
 * the whole part is the lower bin, the fraction the share of the next one.
 */
const places = Float64Array.from({ length: TURN_STEPS + 2 }, (_, index) => {
  const step = index / QUARTER_STEPS;
  const diamond = step - 1;
  // From -x (-90 degrees) by way of -z (0) and +x to +z and back to -x.
  const across = diamond <= 1 ? diamond : 2 - diamond;
  const along = diamond <= 1 ? 1 - Math.abs(across) : Math.abs(across) - 1;
  // One and a half turns more, so that it is positive. The last quarter goes beyond 180 degrees.
  const angle = Math.atan2(across, along);
  return placeOf((diamond > 2 ? angle + 4 * Math.PI : angle + 2 * Math.PI) / BIN_RAD);
});

/** Shares of two bins whose sum points exactly into the direction between them. */
function placeOf(turn: number): number {
  const bin = Math.floor(turn + 1e-9);
  const beyond = Math.max(0, (turn - bin) * BIN_RAD);
  const upper = Math.sin(beyond);
  return bin + upper / (upper + Math.sin(BIN_RAD - beyond));
}

/**
 * Place of a direction between the bins on the horizon: bin (modulo HORIZON_BINS) plus the next bin's share in [0, 1).
 * Any length; 0 for no direction at all.
 */
export function horizonPlace(x: number, z: number): number {
  const sum = Math.abs(x) + Math.abs(z);
  if (!(sum > 1e-12)) return 0;
  const across = x / sum;
  const step = (z <= 0 ? across + 1 : 3 - across) * QUARTER_STEPS;
  const index = step | 0;
  const below = places[index];
  return below + (step - index) * (places[index + 1] - below);
}

/** 1 - cos of the elevation from which on the vertical bins take part (11 degrees): people of different height cost nothing. */
const FLAT = 0.02;

/** Share of the zenith's or nadir's bin for a direction whose horizontal part has the length `cosElevation`, in [0, 1]. */
export function verticalShare(cosElevation: number): number {
  const share = (1 - cosElevation - FLAT) / (1 - FLAT);
  return share > 0 ? share : 0;
}
