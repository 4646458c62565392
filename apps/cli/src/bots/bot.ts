import { ByteReader, CODECS_TO_CLIENT, NodeType, PacketType, QUERY_WANTS_COMPLETION, TraitType } from '@app/vircadia';
import { BadNetwork } from './bad-network.js';
import { Body } from './body.js';
import { BotAudio } from './bot-audio.js';
import type { BotSocket, BotSurroundings } from './bot-surroundings.js';
import { BoxBuilder } from './box-builder.js';
import { ageOfLine, CHAT_CHANNEL, chatLine } from './chatter.js';
import type { BotPart } from './crowd-layout.js';
import type { BotReading } from './crowd-tally.js';
import { DomainClient, type DomainClientOwner } from './domain-client.js';
import { Eyes } from './eyes.js';
import type { NodeAddress, NodeLink } from './node-link.js';
import { seeded } from './speech-synthesis.js';

/** How often what is not urgent is looked after, in ms. */
const CHORES_INTERVAL_MS = 50;
const QUERY_INTERVAL_MS = 3_000;
/** How long before the goodbye the own box is taken away, in ms: an edit of somebody who has gone counts no more. */
const TIDY_MS = 250;
/** How long all that takes at most without a bad network, in ms. */
export const LEAVE_MS = TIDY_MS + 2 * CHORES_INTERVAL_MS;
/** Somebody who has left comes back after so long, in ms. */
const AWAY_MS = 1_000;

/** One simulated client: a native one as far as the server can tell, with one socket for all nodes. */
export class Bot implements DomainClientOwner {
  readonly audio: BotAudio;
  readonly eyes: Eyes;
  private readonly chance: () => number;
  private readonly network: BadNetwork;
  private readonly body: Body;
  private readonly builder: BoxBuilder;
  private socket: BotSocket | undefined;
  private client: DomainClient | undefined;
  private avatarSequence = 0;
  private startedMs = 0;
  private isJoined = false;
  private isWanted = false;
  private nextMs = { avatar: 0, chores: 0, query: 0, chat: 0, edit: 0, leave: Infinity, comeBack: Infinity };

  /**
   * @param index    among all bots of all processes
   * @param count    of all these
   * @param partner  for a mouth: who is told when a marker was sent
   */
  constructor(
    readonly index: number,
    count: number,
    part: BotPart,
    private readonly all: BotSurroundings,
    partner?: (sentMs: number) => void,
  ) {
    const { habits, tally, clock } = all;
    this.chance = seeded(habits.seed + 1_000 + index);
    this.network = new BadNetwork(clock, habits, this.chance);
    this.body = new Body(part.place, all.walk, Math.floor(this.chance() * all.walk.length));
    this.audio = new BotAudio({ index, count }, part.role, this.body, all, this.chance, partner);
    const { x, z } = part.place;
    this.builder = new BoxBuilder(this.randomUuid(), `Box of bot ${index}`, x, z);
    this.eyes = new Eyes(tally.histograms.avatarAge, tally.histograms.avatarInterval);
  }

  /** Whether it has heard something since it set out. */
  get isIn(): boolean {
    return this.isJoined;
  }

  /** Sets out, unless it is told to leave before it has a socket. Fails when it cannot have one. */
  async start(): Promise<void> {
    const { habits, clock } = this.all;
    this.isWanted = true;
    const socket = await this.all.openSocket((datagram, fromPort) => {
      this.all.tally.counts.datagramsIn++;
      this.all.tally.counts.bytesIn += datagram.length;
      this.network.pass(datagram, (bytes) => this.client?.receive(bytes, fromPort, clock.nowMs()));
    });
    if (!this.isWanted) return socket.close();
    this.socket = socket;
    this.client = new DomainClient(this, {
      domain: habits,
      localPort: socket.port,
      place: habits.place,
      machineFingerprint: this.randomUuid(),
      verifies: habits.verifies,
      chance: this.chance,
    });
    const nowMs = clock.nowMs();
    this.startedMs = nowMs;
    this.isJoined = false;
    this.nextMs = { avatar: 0, chores: 0, query: 0, chat: 0, edit: 0, leave: Infinity, comeBack: Infinity };
    this.nextMs.leave = nowMs + habits.visitMs * (0.5 + this.chance());
    this.nextMs.chat = nowMs + habits.chatIntervalMs * this.chance();
  }

  /** Does what is due; to be called every few milliseconds. */
  tick(nowMs: number): void {
    if (nowMs >= this.nextMs.comeBack) {
      this.nextMs.comeBack = Infinity;
      void this.comeBack();
    }
    const { client } = this;
    if (!client) return;
    const mixer = client.active(NodeType.AudioMixer);
    if (mixer) this.audio.talk(mixer, nowMs);
    const avatars = client.active(NodeType.AvatarMixer);
    if (avatars && nowMs >= this.nextMs.avatar) this.tellAvatar(avatars, nowMs);
    if (nowMs < this.nextMs.chores) return;
    this.nextMs.chores = nowMs + CHORES_INTERVAL_MS;
    client.tick(nowMs, this.all.clock.wallMs());
    this.doChores(client, nowMs);
    if (nowMs >= this.nextMs.leave) {
      this.leave();
      this.nextMs.comeBack = nowMs + AWAY_MS;
    }
  }

  leave(): void {
    this.isWanted = false;
    const { client } = this;
    const { clock } = this.all;
    const entities = client?.active(NodeType.EntityServer);
    const hadBox = entities !== undefined && this.builder.remove(entities, clock.nowMs(), clock.wallMs());
    this.audio.stop();
    this.client = undefined;
    this.isJoined = false;
    this.nextMs.comeBack = Infinity;
    if (!client) return;
    if (hadBox) clock.after(TIDY_MS, () => this.sayGoodbye(client));
    else this.sayGoodbye(client);
  }

  /** Tries again later when there is no socket: others are served all the same. */
  private async comeBack(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      this.all.tally.refuse(error instanceof Error ? error.message : String(error));
      this.nextMs.comeBack = this.all.clock.nowMs() + AWAY_MS;
    }
  }

  private sayGoodbye(client: DomainClient): void {
    const { clock, habits } = this.all;
    const { socket } = this;
    client.leave(clock.nowMs());
    this.socket = undefined;
    // What was sent last is not sent yet.
    clock.after(CHORES_INTERVAL_MS + habits.jitterMs, () => socket?.close());
  }

  clear(): void {
    this.audio.ears.clear();
    this.eyes.clear();
    this.faultsBefore = this.faultCount;
  }

  read(): BotReading {
    const { mixes, silences, missing, late } = this.audio.ears.counts;
    const { updates, withJoints, bytes } = this.eyes.counts;
    const faults = this.faultCount - this.faultsBefore;
    const seen = this.eyes.seenCount;
    return { mixes, silences, missing, late, updates, withJoints, avatarBytes: bytes, seen, faults };
  }

  transmit(datagram: Uint8Array, address: NodeAddress): void {
    const { counts } = this.all.tally;
    counts.datagramsOut++;
    counts.bytesOut += datagram.length;
    // What is on its way when somebody leaves arrives all the same.
    const { socket } = this;
    this.network.pass(datagram, (bytes) => socket?.send(bytes, address));
    counts.datagramsLost += this.network.lostCount;
    this.network.lostCount = 0;
  }

  handleConnected(): void {
    this.all.tally.histograms.list.add(this.all.clock.nowMs() - this.startedMs);
  }

  handleLost(): void {
    this.all.tally.counts.lost++;
    this.isJoined = false;
  }

  handleDenied(reason: string): void {
    this.all.tally.refuse(reason);
  }

  handleActive(link: NodeLink): void {
    const nowMs = this.all.clock.nowMs();
    switch (link.type) {
      case NodeType.AudioMixer:
        return this.audio.start(link, nowMs);
      case NodeType.AvatarMixer:
        return this.tellIdentity(link, nowMs);
      case NodeType.MessagesMixer:
        link.sender.send('MessagesSubscribe', CHAT_CHANNEL, nowMs);
    }
  }

  handlePacket(link: NodeLink, type: number, packet: Uint8Array, payloadOffset: number): void {
    const { clock, tally } = this.all;
    const nowMs = clock.nowMs();
    const payload = reader.reset(packet, payloadOffset);
    switch (type) {
      case PacketType.MixedAudio: {
        const { sequence, audio } = CODECS_TO_CLIENT.MixedAudio.read(payload);
        return this.hear(sequence, audio, nowMs);
      }
      case PacketType.SilentAudioFrame:
        return this.hear(CODECS_TO_CLIENT.SilentAudioFrame.read(payload).sequence, undefined, nowMs);
      case PacketType.SelectedAudioFormat:
        return this.audio.choose(CODECS_TO_CLIENT.SelectedAudioFormat.read(payload));
      case PacketType.BulkAvatarData:
        return this.eyes.take(packet.subarray(payloadOffset), nowMs, clock.wallMs());
      case PacketType.KillAvatar:
        return this.eyes.forget(packet.subarray(payloadOffset, payloadOffset + 16));
      case PacketType.BulkAvatarTraits:
        link.sender.send('BulkAvatarTraitsAck', CODECS_TO_CLIENT.BulkAvatarTraits.read(payload).sequence, nowMs);
        return;
      case PacketType.MessagesData: {
        const ageMs = ageOfLine(CODECS_TO_CLIENT.MessagesData.read(payload), clock.wallMs());
        if (ageMs === undefined) return;
        tally.counts.chatHeard++;
        return tally.histograms.chatDelay.add(ageMs);
      }
      case PacketType.EntityData:
        tally.counts.entityPackets++;
    }
  }

  private hear(sequence: number, audio: Uint8Array | undefined, nowMs: number): void {
    this.audio.hear(sequence, audio, nowMs);
    if (this.isJoined) return;
    this.isJoined = true;
    this.all.tally.counts.joins++;
    this.all.tally.histograms.join.add(nowMs - this.startedMs);
  }

  private tellAvatar(link: NodeLink, nowMs: number): void {
    const { clock, habits, tally } = this.all;
    const { avatarIntervalMs } = habits;
    // As a display's frames: what was too late is not made up for.
    this.nextMs.avatar = Math.max(this.nextMs.avatar + avatarIntervalMs, nowMs - avatarIntervalMs);
    const record = this.body.nextRecord(nowMs, clock.wallMs(), this.audio.isTalking(nowMs));
    // 0 means to a mixer that there is nothing yet.
    this.avatarSequence = (this.avatarSequence % 0xffff) + 1;
    link.sender.send('AvatarData', { sequence: this.avatarSequence, record }, nowMs);
    tally.counts.avatarsSent++;
  }

  private tellIdentity(link: NodeLink, nowMs: number): void {
    const sessionId = this.client?.list?.sessionId ?? '';
    const name = `Bot ${this.index}`;
    const identity = { sessionId, sequence: 1, attachments: [], displayName: name, sessionDisplayName: null, flags: 2 };
    link.sender.send('AvatarIdentity', [identity], nowMs);
    const data = Buffer.from('https://example.org/bot.glb');
    link.sender.send('SetAvatarTraits', { version: 1, traits: [{ type: TraitType.SkeletonModelUrl, data }] }, nowMs);
    this.nextMs.avatar = nowMs + this.all.habits.avatarIntervalMs * this.chance();
  }

  private doChores(client: DomainClient, nowMs: number): void {
    const { clock, habits, tally } = this.all;
    const messages = client.active(NodeType.MessagesMixer);
    if (messages && client.list && nowMs >= this.nextMs.chat) {
      this.nextMs.chat = nowMs + habits.chatIntervalMs;
      messages.sender.send('MessagesData', chatLine(this.index, client.list.sessionId, clock.wallMs()), nowMs);
      tally.counts.chatSent++;
    }
    const entities = client.active(NodeType.EntityServer);
    if (entities && habits.editIntervalMs < Infinity && nowMs >= this.nextMs.edit) {
      this.nextMs.edit = Math.max(this.nextMs.edit + habits.editIntervalMs, nowMs);
      this.builder.edit(entities, nowMs, clock.wallMs());
      tally.counts.editsSent++;
    }
    if (nowMs < this.nextMs.query) return;
    this.nextMs.query = nowMs + QUERY_INTERVAL_MS;
    const { position } = this.body.audioPose(nowMs);
    const view = { position, direction: { x: 0, y: 0, z: -1 }, halfAngle: 45, farClip: 1_000, centerRadius: 10 };
    client.active(NodeType.AvatarMixer)?.sender.send('AvatarQuery', [view], nowMs);
    entities?.sender.send('EntityQuery', { ...QUERY, connectionId: 1 + (this.index % 0xfffe), views: [view] }, nowMs);
  }

  private get faultCount(): number {
    let count = 0;
    for (const { connection } of this.client?.links.values() ?? []) {
      count += connection.counts.malformed + connection.counts.refused;
    }
    return count;
  }

  private faultsBefore = 0;

  private randomUuid(): string {
    const digits = Array.from({ length: 32 }, () => Math.floor(this.chance() * 16).toString(16)).join('');
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }
}

const QUERY = {
  packetsPerSecondMax: 600,
  octreeSizeScale: 13_107_200,
  boundaryLevelAdjust: 0,
  jsonParameters: new Uint8Array(0),
  flags: QUERY_WANTS_COMPLETION,
};

const reader = new ByteReader(new Uint8Array(0));
