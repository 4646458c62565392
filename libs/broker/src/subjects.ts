/**
 * Every subject of the server: one row each, in code. docs/subjects.md is checked against this table, decoders and the
 * command line find the message type here, and nobody writes a subject by hand.
 */
export interface SubjectRow {
  /** With `{world}` and `{who}` where tokens vary. */
  template: string;
  /** Full protobuf name of the payload, without the package. */
  message: string;
  /** Protobuf name of the answer, for requests. */
  reply?: string;
  publisher: string;
  subscriber: string;
  /** For example `100 Hz per gateway`. */
  rate: string;
  stored: boolean;
  purpose: string;
}

export const SUBJECTS = {
  roster: {
    template: 'vw.{world}.session.roster.{who}',
    message: 'SessionRoster',
    publisher: 'gateway {who}',
    subscriber: 'audio-mixer, avatar-mixer, gateway',
    rate: '1 Hz per gateway, and on change up to 10 Hz',
    stored: false,
    purpose: 'Who is here and which mixer serves whom.',
  },
  rosterRequest: {
    template: 'vw.{world}.session.sync.{who}',
    message: 'RosterRequest',
    publisher: 'audio-mixer, avatar-mixer, gateway {who}',
    subscriber: 'gateway',
    rate: 'once when a process starts or the broker came back',
    stored: false,
    purpose: 'Asks all gateways to publish rosters and traits now.',
  },
  audioUp: {
    template: 'vw.{world}.audio.up.{who}',
    message: 'AudioUplink',
    publisher: 'gateway {who}',
    subscriber: 'audio-mixer',
    rate: 'up to 100 Hz per gateway',
    stored: false,
    purpose: 'Voice packets and ear poses of one uplink tick.',
  },
  audioDown: {
    template: 'vw.{world}.audio.down.{who}',
    message: 'AudioDownlink',
    publisher: 'audio-mixer',
    subscriber: 'gateway {who}',
    rate: '50 Hz per mixer and gateway',
    stored: false,
    purpose: 'Mixes for the listeners of one gateway.',
  },
  hearing: {
    template: 'vw.{world}.audio.hearing.{who}',
    message: 'HearingTable',
    publisher: 'gateway {who}',
    subscriber: 'audio-mixer',
    rate: 'every 5 s per gateway, and on change up to 10 Hz',
    stored: false,
    purpose: 'What the sessions of one gateway wish about what they hear.',
  },
  avatarUp: {
    template: 'vw.{world}.avatar.up.{who}',
    message: 'AvatarUplink',
    publisher: 'gateway {who}',
    subscriber: 'avatar-mixer',
    rate: 'up to 100 Hz per gateway',
    stored: false,
    purpose: 'Newest poses of one uplink tick.',
  },
  avatarDown: {
    template: 'vw.{world}.avatar.down.{who}',
    message: 'AvatarDownlink',
    publisher: 'avatar-mixer',
    subscriber: 'gateway {who}',
    rate: '10 to 30 Hz per mixer and gateway',
    stored: false,
    purpose: 'Updates for the listeners of one gateway.',
  },
  avatarTraits: {
    template: 'vw.{world}.avatar.traits.{who}',
    message: 'TraitsTable',
    publisher: 'gateway {who}',
    subscriber: 'avatar-mixer',
    rate: 'every 5 s per gateway, and on change',
    stored: false,
    purpose: 'Names, colours and models of the sessions of one gateway.',
  },
  messagePost: {
    template: 'vw.{world}.message.post.{who}',
    message: 'PostRequest',
    reply: 'PostReply',
    publisher: 'gateway',
    subscriber: 'messaging {who}',
    rate: 'one per message of a client',
    stored: false,
    purpose: 'Posts to a channel through the instance that owns it.',
  },
  messageHistory: {
    template: 'vw.{world}.message.history.{who}',
    message: 'HistoryRequest',
    reply: 'HistoryReply',
    publisher: 'gateway',
    subscriber: 'messaging {who}',
    rate: 'one per subscription with history',
    stored: false,
    purpose: 'Asks for the last messages of a channel.',
  },
  messageLog: {
    template: 'vw.{world}.message.log.{who}',
    message: 'ChannelMessage',
    publisher: 'messaging',
    subscriber: 'the stream VW_MESSAGES',
    rate: 'one per text message',
    stored: true,
    purpose: 'Appends to the history of channel {who} (channel name as base64url). Only the stream listens here.',
  },
  messageOut: {
    template: 'vw.{world}.message.out.{who}',
    message: 'ChannelMessage',
    publisher: 'the stream VW_MESSAGES',
    subscriber: 'gateway',
    rate: 'one per text message',
    stored: false,
    purpose: 'Text of channel {who} (channel name as base64url) as the stream has stored it, in its order.',
  },
  messageTransient: {
    template: 'vw.{world}.message.data.{who}',
    message: 'ChannelMessage',
    publisher: 'messaging',
    subscriber: 'gateway',
    rate: 'one per binary message',
    stored: false,
    purpose: 'Binary messages of channel {who} (channel name as base64url).',
  },
  member: {
    template: 'vw._domain.member.{who}',
    message: 'MemberHeartbeat',
    publisher: 'every role process {who}',
    subscriber: 'every role process',
    rate: '2 Hz per process, and on change',
    stored: false,
    purpose: 'Who is running and how full it is.',
  },
  metrics: {
    template: 'vw._domain.metrics',
    message: 'MetricsRequest',
    reply: 'MetricsReply',
    publisher: 'domain-server',
    subscriber: 'every role process',
    rate: 'one per scrape',
    stored: false,
    purpose: 'Collects the metrics of all processes.',
  },
} as const satisfies Record<string, SubjectRow>;

export type SubjectName = keyof typeof SUBJECTS;

/** The subject of a row for one world and one name. Tokens are checked by those who accept them from outside. */
export function subjectOf(name: SubjectName, tokens: { world?: string; who?: string } = {}): string {
  return SUBJECTS[name].template.replace('{world}', tokens.world ?? '*').replace('{who}', tokens.who ?? '*');
}

const byShape = new Map<string, SubjectName>();
for (const name of Object.keys(SUBJECTS) as SubjectName[]) {
  const tokens = SUBJECTS[name].template.split('.');
  byShape.set(shapeOf(tokens), name);
}

function shapeOf(tokens: string[]): string {
  // `_domain` has its plane at the second place, worlds have theirs at the third.
  const isDomain = tokens[1] === '_domain';
  return isDomain ? `${tokens.length}:_domain.${tokens[2]}` : `${tokens.length}:${tokens[2]}.${tokens[3]}`;
}

/** Which row a subject belongs to, and its tokens; undefined for a subject that is none of ours. */
export function parseSubject(subject: string): { name: SubjectName; world: string; who: string } | undefined {
  const tokens = subject.split('.');
  if (tokens[0] !== 'vw' || tokens.length < 3 || tokens.length > 5) return undefined;
  const name = byShape.get(shapeOf(tokens));
  if (!name) return undefined;
  const isDomain = tokens[1] === '_domain';
  return { name, world: isDomain ? '' : tokens[1], who: (isDomain ? tokens[3] : tokens[4]) ?? '' };
}
