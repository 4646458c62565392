import { defineSettings, type SettingsOf } from '@app/settings';
import { SERVER_REALTIME_BYTES_MAX } from '@app/world';

/** What an operator can choose about avatars. */
export const avatarMixerSettings = defineSettings({
  avatarDatagramBytes: {
    type: 'integer',
    unit: 'bytes',
    min: 200,
    max: SERVER_REALTIME_BYTES_MAX,
    default: SERVER_REALTIME_BYTES_MAX,
    help: 'Bytes in one real-time message to a listener. Smaller ones pass narrower networks, with fewer poses in each.',
  },
  avatarDatagramsPerTick: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: 4,
    default: 1,
    help: 'Real-time messages for one listener in each of 30 ticks a second: 1 is at most 35 kB/s, 4 is 138 kB/s.',
  },
  avatarKeepAliveMs: {
    type: 'integer',
    unit: 'ms',
    min: 200,
    max: 5_000,
    default: 1_000,
    help: 'An avatar that does not move is told again after this time. Clients forget whom they have not heard of for 10 s.',
  },
  avatarStarvationMs: {
    type: 'integer',
    unit: 'ms',
    min: 500,
    max: 8_000,
    default: 2_000,
    help: 'An avatar that a listener was not told of for this long goes before all others, however far away it is.',
  },
  avatarStarvationShare: {
    type: 'number',
    unit: 'share',
    min: 0.1,
    max: 0.9,
    default: 0.75,
    help: 'Share of the bytes that far avatars can take from near ones in a crowd that does not fit the budget.',
  },
  avatarDetailKbps: {
    type: 'integer',
    unit: 'kbit/s',
    min: 256,
    max: 50_000,
    default: 3_000,
    help: 'What a client that shows avatars with joints and all (Vircadia’s) gets of others in kbit/s. With less, far avatars move less often.',
  },
});

export type AvatarMixerSettings = SettingsOf<typeof avatarMixerSettings>;
