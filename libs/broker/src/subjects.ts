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
  avatarDetail: {
    template: 'vw.{world}.avatar.detail.{who}',
    message: 'AvatarDetails',
    publisher: 'gateway {who}',
    subscriber: 'gateway',
    rate: 'up to 100 Hz per gateway while somebody elsewhere wants it',
    stored: false,
    purpose: 'Joints and all of the avatars of one gateway that have them.',
  },
  avatarExtras: {
    template: 'vw.{world}.avatar.extras.{who}',
    message: 'AvatarExtrasRequest',
    reply: 'AvatarExtras',
    publisher: 'gateway',
    subscriber: 'gateway {who}',
    rate: 'one per avatar with extras, and per change of them',
    stored: false,
    purpose: 'Asks for skeletons and things worn by an avatar of gateway {who}.',
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
  entityEdit: {
    template: 'vw.{world}.entity.edit.{who}',
    message: 'EntityEditRequest',
    reply: 'EntityEditReply',
    publisher: 'gateway, vicinity world',
    subscriber: 'entity-server {who}; `any` for whichever is free',
    rate: 'one per edit or batch of a client',
    stored: false,
    purpose: 'Asks for edits through any entity-server; it finds the writer.',
  },
  entityCommit: {
    template: 'vw.{world}.entity.commit.{who}',
    message: 'EntityEditRequest',
    reply: 'EntityEditReply',
    publisher: 'entity-server',
    subscriber: 'the entity-server that has the lease of shard {who}',
    rate: 'one per edit or batch that arrived elsewhere',
    stored: false,
    purpose: 'Hands edits to the writer of the shard (0, 1, ...) that they belong to.',
  },
  entityLog: {
    template: 'vw.{world}.entity.log.{who}',
    message: 'EntityRecord',
    publisher: 'the entity-server that has the lease of shard {who}',
    subscriber: "the world's stream VW_ENTITIES_<WORLD>",
    rate: 'one per group of edits that were committed together',
    stored: true,
    purpose: "Appends to the world's log for shard {who}. Only the stream listens here.",
  },
  entityOut: {
    template: 'vw.{world}.entity.out.{who}',
    message: 'EntityRecord',
    publisher: "the world's stream VW_ENTITIES_<WORLD>",
    subscriber: 'entity-server',
    rate: 'one per group of edits that were committed together',
    stored: false,
    purpose: 'Edits of shard {who} as the log has them, in its order.',
  },
  entityInterest: {
    template: 'vw.{world}.entity.interest.{who}',
    message: 'EntityInterestTable',
    publisher: 'gateway {who}',
    subscriber: 'entity-server',
    rate: '1 Hz per gateway, and on change up to 10 Hz',
    stored: false,
    purpose: 'Where the viewers of one gateway are, what they want to know, and who serves them.',
  },
  entityDown: {
    template: 'vw.{world}.entity.down.{who}',
    message: 'EntityDownlink',
    publisher: 'entity-server',
    subscriber: 'gateway {who}',
    rate: '10 to 30 Hz per entity-server and gateway',
    stored: false,
    purpose: 'Entities and their changes for the viewers of one gateway.',
  },
  entityMotionUp: {
    template: 'vw.{world}.entity.push.{who}',
    message: 'EntityMotionUplink',
    publisher: 'gateway {who}',
    subscriber: 'entity-server',
    rate: 'up to 100 Hz per gateway',
    stored: false,
    purpose: 'What clients hold in their hands and where it is.',
  },
  entityMotion: {
    template: 'vw.{world}.entity.motion.{who}',
    message: 'EntityMotionTable',
    publisher: 'entity-server {who} that simulates the world',
    subscriber: 'entity-server',
    rate: 'up to 30 Hz per world',
    stored: false,
    purpose: 'Where simulated bodies are.',
  },
  entitySound: {
    template: 'vw.{world}.entity.sound.{who}',
    message: 'EntitySoundTable',
    publisher: 'entity-server {who} that has the first shard',
    subscriber: 'audio-mixer',
    rate: 'every 2 s per world, and on change',
    stored: false,
    purpose: 'Sounds in the world and volumes with rules for sound.',
  },
  worldInspect: {
    template: 'vw.{world}.entity.inspect.{who}',
    message: 'WorldInspectRequest',
    reply: 'WorldInspectReply',
    publisher: 'vicinity world',
    subscriber: 'entity-server {who}; `any` for whichever is free',
    rate: 'on demand',
    stored: false,
    purpose: "A replica's place in the log, and its state's hash.",
  },
  worldSnapshot: {
    template: 'vw.{world}.entity.snapshot.{who}',
    message: 'WorldSnapshotRequest',
    reply: 'WorldSnapshotReply',
    publisher: 'vicinity world',
    subscriber: 'the entity-server that has the lease of shard {who}',
    rate: 'on demand',
    stored: false,
    purpose: 'Makes a snapshot now; {who} is 0, the first shard.',
  },
  holderBeat: {
    template: 'vw._domain.beat.{who}',
    message: 'HolderBeat',
    publisher: 'every process {who} that holds leases',
    subscriber: 'processes that may take them over',
    rate: '10 Hz per process',
    stored: false,
    purpose: 'Says that the holder of leases lives.',
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
