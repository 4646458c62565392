import type { Quat, Vec3 } from '@app/world';
import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { readAudioCodecName } from './audio-codec-name.js';

/** Hz, samples per channel of one frame, and its length in ms (specification E.1). Samples are i16. */
export const AUDIO_RATE_HZ = 24_000;
export const AUDIO_FRAME_SAMPLES = 240;
export const AUDIO_FRAME_MS = 10;

/** Where a voice is, and the box around its avatar. */
export interface AudioPose {
  readonly position: Vec3;
  readonly orientation: Quat;
  readonly boxCorner: Vec3;
  readonly boxScale: Vec3;
}

/** 10 ms of a microphone (specification E.3): MicrophoneAudioNoEcho, or WithEcho by those who want to hear themselves. */
export interface MicrophoneAudio extends AudioPose {
  /** Of all audio packets of this client, 16 bits. */
  readonly sequence: number;
  /** Empty before the mixer has chosen: then it is pcm. */
  readonly codec: string;
  readonly isStereo: boolean;
  /** Encoded; a view. */
  readonly audio: Uint8Array;
}

export const MicrophoneAudio: Codec<MicrophoneAudio> = {
  read(reader) {
    const sequence = reader.u16('sequence');
    const codec = readAudioCodecName(reader);
    const isStereo = reader.bool('channel flag');
    const { position, orientation, boxCorner, boxScale } = readPose(reader);
    return { sequence, codec, isStereo, position, orientation, boxCorner, boxScale, audio: reader.rest() };
  },
  write(writer, frame) {
    writer.u16(frame.sequence, 'sequence');
    writer.str32(frame.codec, 'codec');
    writer.bool(frame.isStereo, 'channel flag');
    writePose(writer, frame);
    writer.bytes(frame.audio, 'audio');
  },
};

/** 10 ms in which nothing is to be heard, from a client. */
export interface SilentMicrophone extends AudioPose {
  readonly sequence: number;
  readonly codec: string;
  /** Of both channels together: 240 or 480. */
  readonly sampleCount: number;
}

export const SilentMicrophone: Codec<SilentMicrophone> = {
  read(reader) {
    const sequence = reader.u16('sequence');
    const codec = readAudioCodecName(reader);
    const sampleCount = reader.u16('sample count');
    const { position, orientation, boxCorner, boxScale } = readPose(reader);
    return { sequence, codec, sampleCount, position, orientation, boxCorner, boxScale };
  },
  write(writer, frame) {
    writer.u16(frame.sequence, 'sequence');
    writer.str32(frame.codec, 'codec');
    writer.u16(frame.sampleCount, 'sample count');
    writePose(writer, frame);
  },
};

/** 10 ms of what one client hears (specification E.4), in stereo. */
export interface MixedAudio {
  /** Of both kinds of packets to this client, 16 bits. */
  readonly sequence: number;
  readonly codec: string;
  /** Encoded; a view. */
  readonly audio: Uint8Array;
}

export const MixedAudio: Codec<MixedAudio> = {
  read: (reader) => ({
    sequence: reader.u16('sequence'),
    codec: readAudioCodecName(reader),
    audio: reader.rest(),
  }),
  write(writer, { sequence, codec, audio }) {
    writer.u16(sequence, 'sequence');
    writer.str32(codec, 'codec');
    writer.bytes(audio, 'audio');
  },
};

/** 10 ms in which a client hears nothing. Its count has 32 bits, unlike the other way (trap 14). */
export interface SilentMix {
  readonly sequence: number;
  readonly codec: string;
  /** 480. */
  readonly sampleCount: number;
}

export const SilentMix: Codec<SilentMix> = {
  read: (reader) => ({
    sequence: reader.u16('sequence'),
    codec: readAudioCodecName(reader),
    sampleCount: reader.u32('sample count'),
  }),
  write(writer, { sequence, codec, sampleCount }) {
    writer.u16(sequence, 'sequence');
    writer.str32(codec, 'codec');
    writer.u32(sampleCount, 'sample count');
  },
};

/** 10 ms of a sound that a native client plays somewhere (specification E.3; its tail is not verified there). */
export interface InjectAudio extends AudioPose {
  readonly sequence: number;
  readonly codec: string;
  /** Tells the sounds of a client apart. */
  readonly streamId: string;
  readonly isStereo: boolean;
  /** Whether the client hears it, too. */
  readonly isLoopback: boolean;
  /** In m. */
  readonly radius: number;
  /** A gain byte: see unpackGain. */
  readonly volume: number;
  readonly ignoresPenumbra: boolean;
  /** Encoded; a view. */
  readonly audio: Uint8Array;
}

export const InjectAudio: Codec<InjectAudio> = {
  read: (reader) => ({
    sequence: reader.u16('sequence'),
    codec: readAudioCodecName(reader),
    streamId: reader.uuid('stream id'),
    isStereo: reader.bool('is stereo'),
    isLoopback: reader.bool('loopback'),
    ...readPose(reader),
    radius: reader.f32('radius'),
    volume: reader.u8('volume'),
    ignoresPenumbra: reader.bool('ignore penumbra'),
    audio: reader.rest(),
  }),
  write(writer, sound) {
    writer.u16(sound.sequence, 'sequence');
    writer.str32(sound.codec, 'codec');
    writer.uuid(sound.streamId, 'stream id');
    writer.bool(sound.isStereo, 'is stereo');
    writer.bool(sound.isLoopback, 'loopback');
    writePose(writer, sound);
    writer.f32(sound.radius, 'radius');
    writer.u8(sound.volume, 'volume');
    writer.bool(sound.ignoresPenumbra, 'ignore penumbra');
    writer.bytes(sound.audio, 'audio');
  },
};

function readPose(reader: ByteReader): AudioPose {
  return {
    position: reader.vec3('position'),
    orientation: reader.quat16('orientation'),
    boxCorner: reader.vec3('box corner'),
    boxScale: reader.vec3('box scale'),
  };
}

function writePose(writer: ByteWriter, { position, orientation, boxCorner, boxScale }: AudioPose): void {
  writer.vec3(position, 'position');
  writer.quat16(orientation, 'orientation');
  writer.vec3(boxCorner, 'box corner');
  writer.vec3(boxScale, 'box scale');
}
