import { defineSettings, type SettingsOf } from '@app/settings';
import { CliError } from '../cli.errors.js';

const SHARE = 'a share such as 10% or 0.1';
const PERCENT = /^(100|[0-9]{1,2}(\.[0-9]{1,4})?)%$|^(1|0(\.[0-9]{1,6})?)$/;

/** What `vicinity bots` can be told. */
export const botsSettings = defineSettings({
  domain: {
    type: 'string',
    pattern: /^(hifi:\/\/)?[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?\/?$/,
    form: 'a host name or an IPv4 address, with a port after a colon',
    default: '127.0.0.1:40102',
    help: 'Host and UDP port of the domain: its base port plus 2.',
  },
  place: {
    type: 'string',
    charactersMax: 256,
    default: '',
    help: 'Which world they enter; empty for the one that everybody enters.',
  },
  count: { type: 'integer', unit: 'bots', min: 1, max: 20_000, default: 10, help: 'How many bots.' },
  perProcess: {
    type: 'integer',
    unit: 'bots',
    min: 2,
    max: 5_000,
    default: 250,
    help: 'How many bots at most share one process; a process uses one core. Even, because pairs stay together.',
  },
  seconds: {
    type: 'number',
    unit: 's',
    min: 0.1,
    max: 86_400,
    default: 20,
    help: 'How long is measured once all are there; Ctrl-C ends it earlier.',
  },
  settle: {
    type: 'number',
    unit: 's',
    min: 0,
    max: 600,
    default: 2,
    help: 'How long they are there before it is measured.',
  },
  ramp: {
    type: 'number',
    unit: 'bots/s',
    min: 0.1,
    max: 10_000,
    default: 50,
    help: 'How many come in a second, so that a crowd does not arrive as one burst.',
  },
  joinSeconds: {
    type: 'number',
    unit: 's',
    min: 0.1,
    max: 3_600,
    default: 20,
    help: 'How long to wait for those who are not in yet, after the last one has set out.',
  },
  talking: {
    type: 'string',
    pattern: PERCENT,
    form: SHARE,
    default: '1',
    help: 'Share of the bots that talk at any time, by turns of 2 s; the others send silent frames.',
  },
  codec: {
    type: 'choice',
    choices: ['opus', 'pcm'],
    default: 'opus',
    help: 'What they ask the audio mixer for, both ways.',
  },
  stereo: { type: 'boolean', default: false, help: 'Talk in stereo.' },
  walking: {
    type: 'string',
    pattern: PERCENT,
    form: SHARE,
    default: '0.25',
    help: 'Share of the bots that walk about; the others stand and move all joints.',
  },
  avatarRate: {
    type: 'number',
    unit: 'Hz',
    min: 0,
    max: 60,
    default: 30,
    help: 'How often each tells its avatar, joints included; 0 for bots without a body.',
  },
  joints: { type: 'integer', unit: 'joints', min: 0, max: 120, default: 60, help: 'How many joints an avatar has.' },
  diameter: {
    type: 'number',
    unit: 'm',
    min: 0.1,
    max: 10_000,
    default: 20,
    help: 'Size of the round place where they stand. In 20 m everybody is within earshot of everybody.',
  },
  chat: {
    type: 'number',
    unit: 'per minute',
    min: 0,
    max: 600,
    default: 0,
    help: 'How often each says something in the chat.',
  },
  edit: {
    type: 'number',
    unit: 'per second',
    min: 0,
    max: 30,
    default: 0,
    help: 'How often each moves a box of its own. Needs the right to build.',
  },
  churn: {
    type: 'number',
    unit: 'per minute',
    min: 0,
    max: 60,
    default: 0,
    help: 'How often each leaves, to come back after a second.',
  },
  loss: {
    type: 'string',
    pattern: PERCENT,
    form: SHARE,
    default: '0',
    help: 'Share of datagrams lost, each way, for example 5%.',
  },
  jitter: {
    type: 'string',
    pattern: /^[0-9]{1,4}(\.[0-9]{1,3})?(ms)?$/,
    form: 'a time below 10 s such as 50ms',
    default: '0ms',
    help: 'How much later a datagram may arrive, each way, so that they overtake each other.',
  },
  listen: {
    type: 'integer',
    unit: 'pairs',
    min: 0,
    max: 64,
    default: 1,
    help: 'How many pairs of bots measure the delay from mouth to ear: one chirps twice a second, the other waits for it.',
  },
  verify: {
    type: 'boolean',
    default: true,
    help: 'Whether the hash of every packet is checked, which costs the bots a fifth of their time.',
  },
  seed: {
    type: 'integer',
    unit: 'number',
    min: 0,
    max: 2_147_483_647,
    default: 1,
    help: 'What chance begins with: places, turns, what is lost and what is late.',
  },
  json: { type: 'string', charactersMax: 4_096, help: 'Also write what was measured to this file, as JSON.' },
});

export type BotsSettings = SettingsOf<typeof botsSettings>;

/** What a bot does, in plain numbers: shares from 0 to 1, times in ms. */
export interface BotHabits {
  readonly host: string;
  readonly port: number;
  readonly place: string;
  readonly talkingShare: number;
  readonly codec: 'opus' | 'pcm';
  readonly isStereo: boolean;
  readonly walkingShare: number;
  /** Infinity: never. */
  readonly avatarIntervalMs: number;
  readonly jointCount: number;
  readonly diameterM: number;
  readonly chatIntervalMs: number;
  readonly editIntervalMs: number;
  readonly visitMs: number;
  readonly lossShare: number;
  readonly jitterMs: number;
  readonly verifies: boolean;
  readonly seed: number;
}

/** Fails with `cli-usage`. */
export function habitsOf(settings: BotsSettings): BotHabits {
  const [host, portText = '40102'] = settings.domain.replace(/^hifi:\/\/|\/$/g, '').split(':');
  const port = Number(portText);
  if (port < 1 || port > 65_535) throw new CliError('cli-usage', `There is no port ${port}; it is 1 to 65535.`);
  return {
    host,
    port,
    place: settings.place,
    talkingShare: shareOf(settings.talking),
    codec: settings.codec === 'pcm' ? 'pcm' : 'opus',
    isStereo: settings.stereo,
    walkingShare: shareOf(settings.walking),
    avatarIntervalMs: 1_000 / settings.avatarRate,
    jointCount: settings.joints,
    diameterM: settings.diameter,
    chatIntervalMs: 60_000 / settings.chat,
    editIntervalMs: 1_000 / settings.edit,
    visitMs: 60_000 / settings.churn,
    lossShare: shareOf(settings.loss),
    jitterMs: Number.parseFloat(settings.jitter),
    verifies: settings.verify,
    seed: settings.seed,
  };
}

/** `5%` or `0.05`. */
function shareOf(text: string): number {
  return text.endsWith('%') ? Number.parseFloat(text) / 100 : Number(text);
}
