/** A codec as the playout sees it: one stream of packets to mono samples at 48 kHz. */
export interface PacketDecoder {
  /**
   * Decodes one packet into `target` from `offset` on, which has room for DECODED_FRAMES_MAX samples.
   * Returns the number of samples, or 0 for a packet that cannot be decoded.
   */
  decode(bytes: Uint8Array, size: number, target: Float32Array, offset: number): number;
  /** Invents what a lost packet may have held, about `frames` samples. Returns how many; 0 when it cannot. */
  conceal(frames: number, target: Float32Array, offset: number): number;
}

/** Samples of the longest packet that Opus knows: 120 ms. */
export const DECODED_FRAMES_MAX = 5_760;
