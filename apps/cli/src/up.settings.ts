import { defineSettings, type SettingsOf } from '@app/settings';

/** What `vicinity up` can be told. */
export const upSettings = defineSettings({
  portBase: {
    type: 'integer',
    unit: 'port',
    min: 1_024,
    max: 65_000,
    default: 40_100,
    help: 'All ports count from this one, so that several domains run on one machine; see docs/operating.md for the list.',
  },
  dataDir: {
    type: 'string',
    help: 'Where the domain keeps everything that must survive. Without it a folder in the data home of this user, one per port base.',
  },
  public: {
    type: 'boolean',
    default: false,
    help: 'Listen on all network interfaces instead of loopback only; inside a container that is so anyway. The broker stays on loopback in any case.',
  },
  loopbackOnly: {
    type: 'boolean',
    default: false,
    help: 'Listen on loopback only, inside a container too. Must not be combined with --public.',
  },
  announce: {
    type: 'string',
    pattern: /^[A-Za-z0-9.:-]{1,253}$/,
    form: 'an address or a host name',
    help: 'Address or name under which clients reach this machine, with --public. Without it the first address of a network card.',
  },
  gateways: { type: 'integer', unit: 'processes', min: 1, max: 16, default: 1, help: 'How many gateways to run.' },
  audioMixers: {
    type: 'string',
    pattern: /^(auto|[1-9]|[1-5][0-9]|6[0-4])$/,
    form: '`auto` or a whole number, 1 to 64',
    default: 'auto',
    help: 'How many audio mixers to run, 1 to 64. `auto` leaves a quarter of the processor cores, at least one, to everybody else and runs one mixer on each of the others; it heeds the quota of a container.',
  },
  avatarMixers: {
    type: 'integer',
    unit: 'processes',
    min: 1,
    max: 64,
    default: 1,
    help: 'How many avatar mixers to run.',
  },
  messaging: {
    type: 'integer',
    unit: 'processes',
    min: 1,
    max: 16,
    default: 1,
    help: 'How many messaging processes to run.',
  },
  entityServers: {
    type: 'integer',
    unit: 'processes',
    min: 1,
    max: 16,
    default: 1,
    help: 'How many entity-servers to run. Each has all worlds; several share the viewers, and the shards of worlds that have more than one.',
  },
  natsUrl: {
    type: 'string',
    pattern: /^(nats|tls):\/\/[^\s]+$/,
    variables: ['NATS_URL'],
    help: 'An existing broker to use. Without it the supervisor runs a nats-server of its own.',
  },
  natsServerBin: {
    type: 'string',
    variables: ['NATS_SERVER_BIN'],
    help: 'The nats-server program to run. Without it the first one on PATH, in /usr/sbin, or where `npm start` has put one.',
  },
  vircadia: {
    type: 'boolean',
    default: true,
    help: 'Whether clients of Vircadia are let in; if not, nothing listens for them.',
  },
  logFormat: {
    type: 'choice',
    choices: ['pretty', 'json'],
    default: 'pretty',
    help: 'What is printed: warnings and errors as one line each, or every log line as it is. The files in the data folder have everything either way.',
  },
  appsDir: {
    type: 'string',
    help: 'Folder with the compiled roles. Without it the one that this program is in.',
  },
});

/** What `vicinity up` was told. */
export type UpSettings = SettingsOf<typeof upSettings>;
