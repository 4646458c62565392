import { defineSettings, type SettingsOf } from '@app/settings';

/** Settings of every role. */
export const commonSettings = defineSettings({
  natsUrl: {
    type: 'string',
    pattern: /^(nats|tls):\/\/[^\s]+$/,
    default: 'nats://127.0.0.1:40110',
    variables: ['NATS_URL'],
    help: 'Address of the broker, or several of one cluster with commas. Under `vicinity up` the supervisor sets it for every role.',
  },
  natsWaitMs: {
    type: 'integer',
    unit: 'ms',
    min: 0,
    max: 3_600_000,
    default: 60_000,
    help: 'How long to wait at start for a broker that does not answer yet, before giving up.',
  },
  instanceId: {
    type: 'string',
    pattern: /^[a-z0-9-]{1,48}$/,
    help: 'Name of this process, unique in the domain. Without it the role and a random number.',
  },
  logLevel: {
    type: 'choice',
    choices: ['error', 'warn', 'info', 'debug'],
    default: 'info',
    help: 'The least important log lines that are written.',
  },
});

/** Values of the settings that every role has. */
export type CommonSettings = SettingsOf<typeof commonSettings>;
