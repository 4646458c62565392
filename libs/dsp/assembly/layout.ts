// What src/mix/mix-memory.ts lays out, in bytes. src/mix/kernel-layout.spec.ts holds both together.

/** Samples of one block. */
export const FRAMES = 960;
/** How much of a gain's or delay's way is gone in one frame. */
export const FRAME_SHARE: f32 = 1.0 / 960.0;
/** Bytes of one block of 32-bit samples. */
export const BLOCK_BYTES: usize = 3840;
/** Bytes of what an ear hears of a block after its end. */
export const TAIL_BYTES: usize = 256;
/** Longest delay of an ear, in samples. */
export const DELAY_MAX: f32 = 56;
/** Bytes of one bus: a block and its tail, and more, so that buses do not compete for the same lines of a cache. */
export const BUS_BYTES: usize = 4416;

/** A source filter order: source, then 1 when its filters start anew. */
export const FILTER_BYTES: usize = 8;
/** A bed order's header: bed, entry count. */
export const BED_HEADER_BYTES: usize = 8;
/** An entry: address, gain from, gain to. */
export const ENTRY_BYTES: usize = 12;

/** A listener's header. */
export const LISTENER_BYTES: usize = 32;
export const LISTENER_SLOT = 0;
export const LISTENER_BIN_COUNT = 4;
export const LISTENER_NEAR_COUNT = 8;
export const LISTENER_IS_FRESH = 12;
export const LISTENER_WET_FROM = 16;
export const LISTENER_WET_TO = 20;
export const LISTENER_REVERB = 24;

/** A bin's header. */
export const BIN_BYTES: usize = 64;
export const BIN_ENTRY_COUNT = 0;
export const BIN_LEFT = 4;
export const BIN_RIGHT = 28;
/** Within BIN_LEFT and BIN_RIGHT. */
export const BIN_DELAY_FROM = 0;
export const BIN_DELAY_TO = 4;
export const BIN_DIRECT_FROM = 8;
export const BIN_DIRECT_TO = 12;
export const BIN_LOW_FROM = 16;
export const BIN_LOW_TO = 20;

/** A near source. */
export const NEAR_BYTES: usize = 96;
export const NEAR_ADDRESS = 0;
export const NEAR_LEFT = 4;
export const NEAR_RIGHT = 44;
/** Within NEAR_LEFT and NEAR_RIGHT. */
export const NEAR_DELAY_FROM = 0;
export const NEAR_DELAY_TO = 4;
export const NEAR_GAINS_FROM = 8;
export const NEAR_GAINS_TO = 24;

/** What is known of a listener's mix. */
export const STATUS_BYTES: usize = 16;
export const STATUS_PEAK = 0;
export const STATUS_TAIL_PEAK = 4;
export const STATUS_HASH = 8;
export const STATUS_LIMITER_GAIN = 12;

/** State of a source: last input, last output of its lowpass, both integrators of its resonator. */
export const SOURCE_STATE_BYTES: usize = 64;

/** State of a listener: four tails, then its lowpass and its limiter. */
export const LISTENER_STATE_BYTES: usize = 1152;

/** Samples in each line's ring, in bytes. */
export const RING_BYTES: usize = 16384;
/** Each ring begins so much later than the one before it, so that not all compete for the same lines of a cache. */
export const RING_SHIFT_BYTES: usize = 576;
export const REVERB_LINES: usize = 8;
/** State of a reverb: eight rings, then 64 words. */
export const REVERB_STATE_BYTES: usize = 131328;
/** Parameters of a reverb: eight gains, damping, level. */
export const REVERB_PARAMETER_BYTES: usize = 64;
export const REVERB_DAMPING: usize = 32;
export const REVERB_LEVEL: usize = 36;
