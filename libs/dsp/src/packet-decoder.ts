/** A codec as the playout sees it: one stream of packets to mono samples at 48 kHz. */
export interface PacketDecoder {
  /**
   * Decodes one packet into `target` from `offset` on, which has room for OPUS_PACKET_FRAMES_MAX samples.
   * Returns the number of samples, or 0 for a packet that cannot be decoded.
   */
  decode(bytes: Uint8Array, size: number, target: Float32Array, offset: number): number;
  /** Invents what a lost packet may have held, about `frames` samples. Returns how many; 0 when it cannot. */
  conceal(frames: number, target: Float32Array, offset: number): number;
  /** Whether a packet holds a coarse copy of the packet before it. */
  hasRedundancy(bytes: Uint8Array, size: number): boolean;
  /** Whether the sender took a packet for background noise only; false if that is not known. */
  isBackground(bytes: Uint8Array, size: number): boolean;
  /**
   * Instead of `conceal`, decodes the copy, in a packet that is there, of the lost one before it, about `frames` samples;
   * the packet itself is decoded next. Returns how many samples; 0 when it cannot.
   */
  recover(bytes: Uint8Array, size: number, frames: number, target: Float32Array, offset: number): number;
  /** Whether `recover` is wanted from now on. It may take some packets to get ready, and may cost time. */
  setRecovery(isWanted: boolean): void;
  /** Forgets the stream so far. */
  reset(): void;
}
