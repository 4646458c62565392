/** Samples whose level is looked at together: 5 ms. */
const PIECE_FRAMES = 240;
/** A packet this much louder than the voice has been is an outburst: 8 dB. */
const OUTBURST = 2.5;
/** Level that any voice may have, root mean square: -20 dBFS at first, -26 dBFS at least. */
const USUAL_FIRST = 0.1;
const USUAL_MIN = 0.05;
/** How fast a voice may become louder than it has ever been: 1.5 dB with each packet. */
const RISE = 1.19;
/** What is left of the usual level with each quieter packet: it falls by 12 dB in about a minute. */
const FALL = 0.9995;

/**
 * Holds back what is suddenly far louder than the voice has been: garbage that happens to be Opus, and what it leaves in the
 * decoder, is most often at full scale. A real shout loses some decibels of its first tenth of a second.
 */
export class OutburstGuard {
  private usual = USUAL_FIRST;
  private wasOutburst = false;

  /** Whether the last packet was the first of an outburst: what the decoder remembers may be garbage. */
  isNew = false;

  /** Looks at `samples[from, from + frames)`, one packet. Returns the gain that it should have, 1 or less. */
  process(samples: Float32Array, from: number, frames: number): number {
    const level = loudestPiece(samples, from, frames);
    const most = this.usual * OUTBURST;
    const isOutburst = level > most;
    this.isNew = isOutburst && !this.wasOutburst;
    this.wasOutburst = isOutburst;
    // One loud packet alone proves nothing, however often it comes: only what goes on is a voice that has become louder.
    if (level > this.usual) this.usual = this.isNew ? this.usual : Math.min(level, this.usual * RISE);
    else if (this.usual > USUAL_MIN) this.usual *= FALL;
    return isOutburst ? most / level : 1;
  }
}

/** Root mean square of the loudest piece; every fourth sample tells enough. */
function loudestPiece(samples: Float32Array, from: number, frames: number): number {
  let loudest = 0;
  for (let at = from; at < from + frames; at += PIECE_FRAMES) {
    const end = Math.min(at + PIECE_FRAMES, from + frames);
    let energy = 0;
    for (let index = at; index < end; index += 4) energy += samples[index] * samples[index];
    if (energy > loudest) loudest = energy;
  }
  return Math.sqrt((4 * loudest) / PIECE_FRAMES);
}
