import { defineSettings, type SettingsOf } from '@app/settings';

/** What an operator can choose about chat and channels. The last process to start decides about the log they share. */
export const messagingSettings = defineSettings({
  historyPerChannelMax: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: 10_000,
    default: 200,
    help: 'Texts that are kept for each channel; the oldest go first.',
  },
  historyAgeHoursMax: {
    type: 'integer',
    unit: 'h',
    min: 1,
    max: 87_600,
    default: 168,
    help: 'Texts older than this are forgotten.',
  },
  historyBytesMax: {
    type: 'integer',
    unit: 'bytes',
    min: 1_048_576,
    max: 1_099_511_627_776,
    default: 268_435_456,
    help: 'Bytes that the texts of all channels of all worlds take in the broker; the oldest go first.',
  },
  senderMessagesPerSecond: {
    type: 'number',
    unit: 'per s',
    min: 0.1,
    max: 1_000,
    default: 5,
    help: 'Messages of one person in the long run. What is above is refused with `rate-limited`.',
  },
  senderMessagesBurst: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: 10_000,
    default: 20,
    help: 'Messages of one person at once after a pause.',
  },
  channelMessagesPerSecond: {
    type: 'number',
    unit: 'per s',
    min: 0.1,
    max: 10_000,
    default: 50,
    help: 'Messages of all people in one channel in the long run: each of them goes to everybody who listens.',
  },
  channelMessagesBurst: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: 100_000,
    default: 200,
    help: 'Messages of all people in one channel at once after a pause.',
  },
});

export type MessagingSettings = SettingsOf<typeof messagingSettings>;
