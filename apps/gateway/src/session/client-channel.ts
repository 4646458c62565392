import type { InstanceId, SoundFormat } from '@app/world';
import type { SignalInput } from '../client-input.js';

export type { SoundFormat };

/** Of a packet that is not the session's voice: another sound that it plays somewhere. */
export interface InjectorInput {
  /** 1 to INJECTORS_PER_SESSION_MAX; each has sequences and timestamps of its own. */
  readonly id: number;
  /** Where it sounds: the first 16 bytes of a packed pose, at the feet of somebody who would speak there. */
  readonly pose: Uint8Array;
  /** Linear, 0 to SOUND_VOLUME_MAX. */
  readonly gain: number;
  /** Its own session hears it, too. */
  readonly isLoopback: boolean;
}

/** One packet of a client's microphone; bytes are the receiver's only until the call returns, unless it copies them. */
export interface VoiceInput {
  /** 16 bits; rises by one for each packet. */
  readonly sequence: number;
  /** 32 bits, in samples at 48 kHz. */
  readonly timestamp: number;
  /** -dBov, 0 (loudest) to 127 (silence); -1 when unknown. */
  readonly audioLevel: number;
  /** One Opus packet, unchecked; empty when there are samples instead. */
  readonly opus: Uint8Array;
  /** Samples: 16 bits, little-endian, 24 kHz, 10 ms, mono (480 bytes) or stereo (960). */
  readonly pcm?: Uint8Array;
  /** Absent for the voice. */
  readonly injector?: InjectorInput;
}

/** What a session learns from its client's channel. */
export interface ChannelHandlers {
  /** Messages flow. Again after each time it was down. */
  onUp(): void;
  /** Nothing flows any more; the channel mends itself, or gives up. */
  onDown(): void;
  onGaveUp(): void;
  onVoice(packet: VoiceInput): void;
  /** An encoded ClientReliable. */
  onReliable(message: Uint8Array): void;
  /** An encoded ClientRealtime. */
  onRealtime(message: Uint8Array): void;
  /** The client does not take what it is sent. */
  onOverflow(): void;
  /** See SessionPort.ears. */
  onEars(pose: Uint8Array): void;
  /** See SessionPort.detail. */
  onDetail(detail: Uint8Array, full: Uint8Array | undefined): void;
  /** `sound` is another one now. */
  onSoundChanged(): void;
}

/** The way to one client and back, whatever protocol the client speaks. */
export interface ClientChannel {
  readonly isUp: boolean;
  /** What its mixes have to be. */
  readonly sound: SoundFormat;
  /** It shows avatars with joints and all, where there are any. */
  readonly wantsDetail: boolean;
  /** Begins to make a connection. */
  start(): void;
  /** Of the client's signalling, what concerns media. @throws MediaError */
  handleNegotiation(input: Extract<SignalInput, { kind: 'answer' | 'media-failed' }>): Promise<void>;
  /** Sends an encoded ServerReliable, or keeps it for the connection that is being made; false when there is neither. */
  sendReliable(message: Uint8Array): boolean;
  /** Sends an encoded ServerRealtime, or drops it. */
  sendRealtime(message: Uint8Array): boolean;
  /** Sends sound of a mixer's tick, of `frames` samples at 48 kHz, in the format of `sound`. Returns whether it went out. */
  sendMix(mixerId: InstanceId, tick: number, sound: Uint8Array, frames: number): boolean;
  /** Bytes on their way reliably, as far as that is known. */
  readonly reliableWaitingBytes: number;
  /** Of these, what holds up messages; absent when everything waits behind everything. */
  readonly messageWaitingBytes?: number;
  /** Makes `reliableWaitingBytes` right a moment later. */
  refreshReliable(): void;
  /** A second call is harmless. */
  close(): void;
}
