/** How a listener's mix is encoded. */
export interface OpusEncoderOptions {
  channels: 1 | 2;
  /** In bits per second, 6,000 to 510,000. */
  bitrate: number;
  /** 0 (fast) to 10 (best). */
  complexity: number;
  /** `audio` keeps music and the places of voices; `voip` favours speech. Default audio. */
  application?: 'audio' | 'voip';
}

/** One stream of Opus packets being made. */
export interface OpusEncoder {
  /**
   * Encodes one Opus frame.
   *
   * @param samples  interleaved 16-bit samples at 48 kHz; 2.5, 5, 10, 20, 40 or 60 ms
   * @returns the packet, in memory of its own
   */
  encode(samples: Int16Array): Uint8Array;
  /** Gives the encoder back. Using it afterwards is an error; a second call is harmless. */
  close(): void;
}

/** One stream of Opus packets being read, as mono samples at 48 kHz (stereo is mixed down). */
export interface OpusDecoder {
  /**
   * Decodes the first `size` bytes of a packet into `target` from `offset` on, in [-1, 1].
   * Returns the number of samples, or 0 if the packet cannot be decoded.
   */
  decode(bytes: Uint8Array, size: number, target: Float32Array, offset: number): number;
  /** Invents `frames` samples for a lost packet, from the ones before. Returns how many, or 0 when it cannot. */
  conceal(frames: number, target: Float32Array, offset: number): number;
  /** Gives the decoder back. Using it afterwards is an error; a second call is harmless. */
  close(): void;
}

/** The Opus library as the rest of the server sees it. */
export interface OpusCodec {
  createEncoder(options: OpusEncoderOptions): OpusEncoder;
  createDecoder(): OpusDecoder;
}
