/** How a listener's mix is encoded. */
export interface OpusEncoderOptions {
  channels: 1 | 2;
  /** In bits per second, 6,000 to 510,000. */
  bitrate: number;
  /** 0 (fast) to 10 (best). */
  complexity: number;
  /**
   * `audio` keeps music and the places of voices and holds back 6.5 ms; `lowdelay` does the same with 2.5 ms, and at rates
   * where `audio` would not take the speech coder anyway it is as good; `voip` favours speech. Default audio.
   */
  application?: 'audio' | 'lowdelay' | 'voip';
  /** Loss to be prepared for, 0 to 100 %: packets of voice then hold a coarse copy of the one before. Default 0: none. */
  lossPercent?: number;
  /** Whether pauses become packets of at most two bytes, which need not be sent. Default false. */
  isDtx?: boolean;
  /** Whether to spend nothing on what is above 12 kHz, because nobody hears it. Default false. */
  isNarrow?: boolean | undefined;
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
  /**
   * Takes up another encoder's stream: hears what that one has encoded last. The next packet depends on nothing that was
   * before it, and overlaps with what is decoded already, so that a decoder can change streams without a click.
   *
   * @param samples  as for `encode`
   */
  takeUp(samples: Int16Array): void;
  /** From the next packet on; 0 (fast) to 10 (best). */
  setComplexity(complexity: number): void;
  /** Gives the encoder back. Using it afterwards is an error; a second call is harmless. */
  close(): void;
}

/** One stream of Opus packets being read, as mono samples at 48 kHz (stereo is mixed down). Packets are well-formed ones. */
export interface OpusDecoder {
  /**
   * Decodes the first `size` bytes of a packet into `target` from `offset` on, in [-1, 1].
   * Returns the number of samples, or 0 if the packet cannot be decoded.
   */
  decode(bytes: Uint8Array, size: number, target: Float32Array, offset: number): number;
  /** Invents `frames` samples for a lost packet, from the ones before. Returns how many, or 0 when it cannot. */
  conceal(frames: number, target: Float32Array, offset: number): number;
  /** Whether a packet holds a coarse copy of the packet before it, which `recover` can decode. */
  hasRedundancy(bytes: Uint8Array, size: number): boolean;
  /** Whether the sender took a packet for background noise only; false if that is not known. */
  isBackground(bytes: Uint8Array, size: number): boolean;
  /**
   * Decodes the copy of the packet before this one, of `frames` samples, instead of `conceal`; the packet itself is to be
   * decoded next. Returns the number of samples, or 0 when it cannot: there is no copy, or it is not ready to.
   */
  recover(bytes: Uint8Array, size: number, frames: number, target: Float32Array, offset: number): number;
  /** Whether `recover` is wanted from now on. It takes some packets to get ready, and costs time while it is. */
  setRecovery(isWanted: boolean): void;
  /** Forgets the stream so far, as after packets that were no part of it. */
  reset(): void;
  /** Gives the decoder back. Using it afterwards is an error; a second call is harmless. */
  close(): void;
}

/** The Opus library as the rest of the server sees it. */
export interface OpusCodec {
  createEncoder(options: OpusEncoderOptions): OpusEncoder;
  createDecoder(): OpusDecoder;
}
