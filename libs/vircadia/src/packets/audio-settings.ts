import type { Vec3 } from '@app/world';
import type { Codec } from '../coding/codec.js';
import { readAudioCodecName } from './audio-codec-name.js';

/** The payload of NegotiateAudioFormat: names of codecs, the dearest first (specification E.2). */
export const NegotiateAudioFormat: Codec<readonly string[]> = {
  read: (reader) => Array.from({ length: reader.u8('count') }, () => readAudioCodecName(reader)),
  write(writer, codecs) {
    writer.u8(codecs.length, 'count');
    for (const codec of codecs) writer.str32(codec, 'codec');
  },
};

/** The payload of SelectedAudioFormat: the codec that the mixer has chosen. */
export const SelectedAudioFormat: Codec<string> = {
  read: (reader) => readAudioCodecName(reader),
  write: (writer, codec) => writer.str32(codec, 'codec'),
};

/** The echo of the place where somebody is (specification E.5). */
export interface AudioEnvironment {
  readonly reverb?: {
    /** In s. */
    readonly time: number;
    readonly wetLevel: number;
  };
}

const HAS_REVERB = 0x80;

export const AudioEnvironment: Codec<AudioEnvironment> = {
  read(reader) {
    if ((reader.u8('flags') & HAS_REVERB) === 0) return { reverb: undefined };
    return { reverb: { time: reader.f32('reverb time'), wetLevel: reader.f32('wet level') } };
  },
  write(writer, { reverb }) {
    writer.u8(reverb ? HAS_REVERB : 0, 'flags');
    if (!reverb) return;
    writer.f32(reverb.time, 'reverb time');
    writer.f32(reverb.wetLevel, 'wet level');
  },
};

/** Everybody within a radius is to be silent. */
export interface MuteEnvironment {
  readonly position: Vec3;
  /** In m. */
  readonly radius: number;
}

export const MuteEnvironment: Codec<MuteEnvironment> = {
  read: (reader) => ({ position: reader.vec3('position'), radius: reader.f32('radius') }),
  write(writer, { position, radius }) {
    writer.vec3(position, 'position');
    writer.f32(radius, 'radius');
  },
};

/** How loud one other is for the sender (specification E.6). */
export interface PerAvatarGain {
  /** The null UUID: everybody. */
  readonly nodeId: string;
  /** A gain byte: see unpackGain. */
  readonly gain: number;
}

export const PerAvatarGain: Codec<PerAvatarGain> = {
  read: (reader) => ({ nodeId: reader.uuid('node id'), gain: reader.u8('gain') }),
  write(writer, { nodeId, gain }) {
    writer.uuid(nodeId, 'node id');
    writer.u8(gain, 'gain');
  },
};

/** The payload of InjectorGainSet: a gain byte. */
export const InjectorGain: Codec<number> = {
  read: (reader) => reader.u8('gain'),
  write: (writer, gain) => writer.u8(gain, 'gain'),
};

/** The payload of NodeIgnoreRequest (who is hidden) and AudioSoloRequest (who alone is heard). */
export interface NodeSelection {
  /** Whether they are added, or taken away. */
  readonly isAdded: boolean;
  readonly nodeIds: readonly string[];
}

export const NodeSelection: Codec<NodeSelection> = {
  read(reader) {
    const isAdded = reader.bool('enable');
    const nodeIds: string[] = [];
    while (reader.remainingBytes > 0) nodeIds.push(reader.uuid('node id'));
    return { isAdded, nodeIds };
  },
  write(writer, { isAdded, nodeIds }) {
    writer.bool(isAdded, 'enable');
    for (const nodeId of nodeIds) writer.uuid(nodeId, 'node id');
  },
};
