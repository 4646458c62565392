import { assetStoreSettings } from '@app/assets';
import { defineSettings, type SettingsOf } from '@app/settings';
import { NEAR_SOURCES_MAX, POSITION_M_MAX, SESSIONS_PER_WORLD_MAX, SOUNDS_HEARD_MAX, WORLDS_MAX } from '@app/world';
import { readAudioZones } from './audio-zones.js';
import { NEAR_SOURCES_LEAST } from './quality-ladder.js';
import { NOISE_GATE_OFF_DB } from './source.js';

/** What an operator can choose about sound. */
export const audioMixerSettings = defineSettings({
  worlds: {
    type: 'list',
    pattern: /^[a-z0-9-]{1,32}$/,
    itemsMax: WORLDS_MAX,
    default: ['main'],
    help: 'Worlds whose people are mixed. What is said about other worlds is not listened to.',
  },
  audioBitrate: {
    type: 'integer',
    unit: 'bit/s',
    min: 16_000,
    max: 256_000,
    default: 64_000,
    help: 'Bit rate of the stereo mix of each listener. Below 48,000 the places of voices blur.',
  },
  audioComplexity: {
    type: 'integer',
    unit: 'level',
    min: 0,
    max: 10,
    default: 5,
    help: 'Effort of the Opus encoder for listeners who hear up to eight voices, while there is time for it. Beyond 5 hardly anybody hears a difference.',
  },
  audioCrowdComplexity: {
    type: 'integer',
    unit: 'level',
    min: 0,
    max: 10,
    default: 0,
    help: 'The same for listeners who hear more voices at once, if it is less. 0 takes half the time of 5 and roughens the treble, which a crowd covers; 1 takes two thirds and loses next to nothing; 4 takes four fifths and loses nothing. Raise it where music plays in crowds.',
  },
  audioFrameMs: {
    type: 'choice',
    choices: ['10', '20', '40', '60'],
    default: '20',
    help: 'Duration of the Opus packets that listeners get, in ms. 40 and 60 save packets and headers, and come 20 and 40 ms later; 10 doubles them, two at a time, for networks that lose many.',
  },
  audioNearSources: {
    type: 'integer',
    unit: 'count',
    min: NEAR_SOURCES_LEAST,
    max: NEAR_SOURCES_MAX,
    default: 16,
    help: 'Voices that each listener hears rendered one by one, the nearest first. The others are panned, which costs a quarter.',
  },
  audioAttenuation: {
    type: 'number',
    unit: 'coefficient',
    min: 0,
    max: 1,
    default: 0.5,
    help: 'Loss of level with each doubling of the distance beyond 1 m: 0.5 halves it (6 dB), 0 keeps it, 1 silences.',
  },
  audioDirectivity: {
    type: 'number',
    unit: 'coefficient',
    min: 0,
    max: 1,
    default: 0.5,
    help: 'How much quieter a voice is behind its speaker’s back: 0 not at all, 0.5 half the level (6 dB), 1 silent.',
  },
  audioDistanceM: {
    type: 'number',
    unit: 'm',
    min: 2,
    max: POSITION_M_MAX,
    default: 100,
    help: 'Distance from which on a voice is not heard at all. Voices out of reach of everybody cost nothing.',
  },
  audioSourcesMax: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: SESSIONS_PER_WORLD_MAX,
    default: 1_024,
    help: 'People who can be heard at the same time in one world. Memory is laid out for them: 10 KiB each, and 8 bytes for each listener.',
  },
  audioListenersMax: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: SESSIONS_PER_WORLD_MAX,
    default: 512,
    help: 'Listeners of one world that this process can serve; gateways give the others to other mixers, or nothing.',
  },
  audioIdleMs: {
    type: 'integer',
    unit: 'ms',
    min: 500,
    max: 600_000,
    default: 10_000,
    help: 'A voice that was silent for this long gives its decoder back.',
  },
  audioNoiseGateDb: {
    type: 'number',
    unit: 'dBFS',
    min: NOISE_GATE_OFF_DB,
    max: -20,
    default: -56,
    help: 'Voices quieter than this are taken for background noise and cost no rendering. -80 turns the gate off.',
  },
  audioJitterMsMax: {
    type: 'integer',
    unit: 'ms',
    min: 20,
    max: 400,
    default: 200,
    help: 'Longest delay that a voice on a bad network is given; what comes later than that is lost.',
  },
  audioZones: {
    type: 'structure',
    read: readAudioZones,
    default: {},
    help: 'Volumes with reverb, stages and walls, by world; see docs/operating.md. All audio mixers must be told the same.',
  },
  audioSoundsMax: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: SOUNDS_HEARD_MAX,
    default: 64,
    help: 'Sounds in each world that are mixed at the same time, besides the voices; those nearest to somebody first.',
  },
  audioSoundMemoryMb: {
    type: 'integer',
    unit: 'MiB',
    min: 64,
    max: 65_536,
    default: 256,
    help: 'Memory for decoded sounds: 5.5 MiB for each minute. Those that nobody hears make room for others.',
  },
  soundsFromWeb: {
    type: 'boolean',
    default: false,
    help: 'Whether sounds may come from any public web address, not only from files of this domain. Whoever may place a sound then decides what this process asks.',
  },
  ...assetStoreSettings,
  soundAssetsUrl: {
    type: 'string',
    pattern: /^https?:\/\/[^\s/?#@]+$/,
    help: 'Where the asset-servers answer, for example http://10.0.0.5:8090; needed where this process cannot reach their store itself.',
  },
});

export type AudioMixerSettings = SettingsOf<typeof audioMixerSettings>;
