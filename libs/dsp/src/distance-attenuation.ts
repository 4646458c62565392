/** Distance within which a voice has its full level, in metres. */
export const REFERENCE_DISTANCE_M = 1;

/** Where the fade to nothing begins, as a share of the audible distance. */
const FADE_BEGIN = 0.75;

export interface DistanceAttenuationOptions {
  /**
   * How much is lost with each doubling of the distance: 0 is nothing, 0.5 halves the level (6 dB, as in a free field),
   * 1 lets nothing through. In [0, 1].
   */
  coefficient: number;
  /** Distance from which on nothing is heard, in metres. At least 2. */
  audibleDistanceM: number;
}

/**
 * Level of a source at a distance: unity up to the reference distance, then the coefficient's law, and a smooth end at the
 * audible distance, so that nobody clicks in or out there.
 */
export class DistanceAttenuation {
  private readonly exponent: number;
  private readonly fadeBeginM: number;
  readonly audibleDistanceM: number;

  constructor(options: DistanceAttenuationOptions) {
    this.exponent = Math.log2(Math.min(1, Math.max(0.001, 1 - options.coefficient)));
    this.audibleDistanceM = options.audibleDistanceM;
    this.fadeBeginM = Math.max(REFERENCE_DISTANCE_M, options.audibleDistanceM * FADE_BEGIN);
  }

  /** Linear gain in [0, 1] at `distanceM` (not negative). */
  gainAt(distanceM: number): number {
    if (distanceM >= this.audibleDistanceM) return 0;
    if (distanceM <= REFERENCE_DISTANCE_M) return 1;
    // The usual coefficient needs no power function.
    const gain = this.exponent === -1 ? REFERENCE_DISTANCE_M / distanceM : Math.pow(distanceM, this.exponent);
    if (distanceM <= this.fadeBeginM) return gain;
    const left = (this.audibleDistanceM - distanceM) / (this.audibleDistanceM - this.fadeBeginM);
    return gain * left * left * (3 - 2 * left);
  }
}
