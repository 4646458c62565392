import { type SettingsOf, defineSettings } from '@app/settings';
import { assetsAddressSettings, type CommonSettings } from '@app/runtime';
import { SESSIONS_PER_GATEWAY_MAX } from '@app/world';

/** What a gateway can be told, besides the settings of every role. */
export const gatewaySettings = defineSettings({
  listenAddress: {
    type: 'string',
    default: '127.0.0.1',
    help: 'Address on which signalling and media listen. 0.0.0.0 means all, and lets other machines in.',
  },
  announcedAddress: {
    type: 'string',
    help: 'Address or host name that clients are told for media, when they cannot use the one listened on: behind NAT, in a container.',
  },
  signalingPort: {
    type: 'integer',
    unit: 'port',
    min: 1,
    max: 65_535,
    default: 40_120,
    help: 'TCP port of the signalling WebSocket (path /signal).',
  },
  signalingUrl: {
    type: 'string',
    pattern: /^wss?:\/\/[^\s]+$/,
    help: 'Public URL of the signalling WebSocket, when clients cannot use the page’s host and signalingPort: behind a proxy.',
  },
  trustForwarded: {
    type: 'boolean',
    default: false,
    help: 'Believe X-Forwarded-For. Only behind a reverse proxy that sets it itself.',
  },
  mediaPort: {
    type: 'integer',
    unit: 'port',
    min: 1,
    max: 65_535,
    default: 40_103,
    help: 'UDP and TCP port of the first media worker; all its clients share it.',
  },
  mediaWorkers: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: 16,
    default: 1,
    help: 'Media worker processes. Each uses at most one core and has a port of its own.',
  },
  mediaPortStride: {
    type: 'integer',
    unit: 'ports',
    min: 1,
    max: 1_000,
    default: 100,
    help: 'Distance between the ports of neighbouring media workers.',
  },
  vircadiaPort: {
    type: 'integer',
    unit: 'port',
    min: 0,
    max: 65_000,
    default: 40_102,
    help: 'UDP port of the domain for clients of Vircadia, and TCP port on which their web clients begin; the nodes have the UDP ports from two to seven above it. 0 keeps them out. `vicinity up` sets it, with --no-vircadia to 0.',
  },
  vircadiaAvatarUrl: {
    type: 'string',
    pattern: /^(https?|atp):[^\s]+$/,
    help: 'Model that clients of Vircadia show for people who have no avatar of their own: those who come with our client, for example. Without it each client shows what it likes.',
  },
  sessionsMax: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: SESSIONS_PER_GATEWAY_MAX,
    default: 200,
    help: 'Sessions at once; further clients are told that the gateway is full, and try another one.',
  },
  worlds: {
    type: 'list',
    pattern: /^[a-z0-9-]{1,32}$/,
    itemsMax: 64,
    default: ['main'],
    help: 'Worlds that can be entered; the first one is where a client goes that names none.',
  },
  audioMixerSilenceMsMax: {
    type: 'integer',
    unit: 'ms',
    min: 40,
    max: 10_000,
    default: 150,
    help: 'An audio mixer that sends nothing for longer loses its listeners to the next one. Less is a shorter gap when one dies, and more false alarms on a busy machine.',
  },
  avatarMixerSilenceMsMax: {
    type: 'integer',
    unit: 'ms',
    min: 200,
    max: 10_000,
    default: 1_000,
    help: 'The same for avatar mixers.',
  },
  megaphone: {
    type: 'choice',
    choices: ['nobody', 'everybody'],
    default: 'nobody',
    help: 'Who may speak to the whole world at once, wherever the others are. All gateways must be told the same.',
  },
  entityServerSilenceMsMax: {
    type: 'integer',
    unit: 'ms',
    min: 200,
    max: 10_000,
    default: 600,
    help: 'An entity-server that sends nothing for longer loses its viewers to the next one.',
  },
  builders: {
    type: 'choice',
    choices: ['everyone', 'temporary', 'nobody'],
    default: 'everyone',
    help: 'Which visitors may add, change and erase entities. temporary: what they add goes by itself after a while. All gateways must be told the same.',
  },
  visitorsMayLock: {
    type: 'boolean',
    default: true,
    help: 'Whether visitors who may build may also lock entities against changes, and unlock them.',
  },
  visitorsMaySeePrivate: {
    type: 'boolean',
    default: false,
    help: 'Whether visitors see privateUserData of what others have added, and may set it if they may build.',
  },
  entityEditsPerSecond: {
    type: 'integer',
    unit: 'edits/s',
    min: 1,
    max: 100_000,
    default: 500,
    help: 'Single edits of entities that one session may make in the long run. Six times as many, and at least 1,000, may come at once.',
  },
  entityEditBytesPerSecond: {
    type: 'integer',
    unit: 'bytes/s',
    min: 1_024,
    max: 16_777_216,
    default: 131_072,
    help: 'Bytes of edits above 16 KiB that one session may send in the long run. Six times as many, and at least 256 KiB, may come at once.',
  },
  uploads: {
    type: 'choice',
    choices: ['everyone', 'nobody'],
    default: 'everyone',
    help: 'Who may upload files: everybody who is in a world, or only the operator’s own tools. The asset-server must be told the same.',
  },
  ...assetsAddressSettings,
  assetServerUrl: {
    type: 'string',
    pattern: /^https?:\/\/[^\s]*[^\s/]$/,
    help: 'Where this process reaches the asset-server, for clients of Vircadia, for example http://10.0.0.5:40104; without it assetsUrl, or else assetsPort of this machine.',
  },
  originAllowed: {
    type: 'list',
    pattern: /^(\*|https?:\/\/[^\s/]+)$/,
    default: [],
    help: 'Origins of pages that may connect, for example https://example.org; * for all. Pages from the gateway’s own host always may.',
  },
});

/** A gateway's settings. */
export type GatewaySettings = SettingsOf<typeof gatewaySettings> & CommonSettings;
