import { randomUUID } from 'node:crypto';
import {
  AUDIO_FRAME_MS,
  AUDIO_FRAME_SAMPLES,
  AUDIO_RATE_HZ,
  ByteReader,
  CODECS_TO_CLIENT,
  NodeType,
  PACKED_IDENTITY,
  PacketSecret,
  PacketType,
} from '@app/vircadia';
import { DomainClient, type DomainClientOwner } from '../../../apps/cli/src/bots/domain-client.js';
import type { BotSocket } from '../../../apps/cli/src/bots/bot-surroundings.js';
import type { NodeAddress, NodeLink } from '../../../apps/cli/src/bots/node-link.js';
import { openUdpSocket } from '../../../apps/cli/src/bots/udp-socket.js';
import { NativeThings } from './native-things.js';
import { within } from './within.js';

export interface NativeOptions {
  name: string;
  /** UDP port of the domain. */
  port: number;
  /** Where to stand, in metres. */
  at: readonly [number, number, number];
  /** What its microphone hears; default nothing. */
  toneHz?: number;
}

/** What one hears during a while: two ears at 48 kHz, as `toneLevelDb` wants it. */
export interface NativeHearing {
  left: Float32Array;
  right: Float32Array;
}

const TICK_MS = 5;
const CHORES_MS = 50;
const AVATAR_MS = 33;
/** Frames that are so much too late may be heard as a gap, and are left out, in ms. */
const LATE_MS = 30;
const PAUSE_MS = 200;
const ENTER_MS_MAX = 15_000;
const CHAT_CHANNEL = 'Chat';
const ORIENTATION = { x: 0, y: 0, z: 0, w: 1 };
const BOX_CORNER = { x: -0.5, y: 0, z: -0.5 };
const BOX_SCALE = { x: 1, y: 2, z: 1 };
const SEQUENCES = 0x1_0000;

const reader = new ByteReader(new Uint8Array(0));
const running = new Set<NativeClient>();

/** Ends every native client that a suite has started. */
export function nativesLeave(): void {
  for (const client of [...running]) client.leave();
}

/** A native client of Vircadia as a server can tell: one UDP socket, a voice, a body, and a chat window. */
export class NativeClient implements DomainClientOwner {
  /** Where others are, by their UUID, and what they call themselves. */
  readonly seen = new Map<string, { x: number; y: number; z: number }>();
  readonly names = new Map<string, string>();
  /** What was said in the world chat, in order. */
  readonly read: string[] = [];
  readonly refusals: string[] = [];
  readonly things = new NativeThings();
  /** Is told of each datagram that it sends, for those who listen in. */
  onTransmit: ((datagram: Uint8Array, port: number) => void) | undefined;
  /** How often the domain fell silent for it. */
  lostCount = 0;
  /** Frames of 10 ms since `forgetGaps`: that came, that never came, and the longest time between two, in ms. */
  gaps = { frames: 0, missing: 0, longestMs: 0 };
  /** Frames of its own voice since then: that went out, and that were late or never did, because this process was busy. */
  voice = { frames: 0, late: 0 };
  private position: { x: number; y: number; z: number };
  private readonly domain: DomainClient;
  private readonly timer: NodeJS.Timeout;
  private recording: { left: number[]; right: number[] } | undefined;
  private lastMix: { sequence: number; atMs: number } | undefined;
  private nextMs = { voice: 0, avatar: 0, chores: 0 };
  private sequence = 0;
  private avatarSequence = 0;
  private phase = 0;

  private constructor(
    private readonly options: NativeOptions,
    private readonly socket: BotSocket,
  ) {
    const [x, y, z] = options.at;
    this.position = { x, y, z };
    this.domain = new DomainClient(this, {
      domain: { host: '127.0.0.1', port: options.port },
      localPort: socket.port,
      place: '',
      machineFingerprint: randomUUID(),
      verifies: true,
      chance: Math.random,
    });
    this.timer = setInterval(() => this.tick(), TICK_MS);
    running.add(this);
  }

  /** Resolves when it hears its audio mixer and its avatar mixer. */
  static async enter(options: NativeOptions): Promise<NativeClient> {
    const socket = await openUdpSocket((datagram, port) => client.domain.receive(datagram, port, performance.now()));
    const client = new NativeClient(options, socket);
    const { domain } = client;
    const isIn = (): boolean => [NodeType.AudioMixer, NodeType.AvatarMixer].every((type) => domain.active(type));
    await client.until('comes in', isIn, ENTER_MS_MAX);
    return client;
  }

  get sessionId(): string {
    return this.domain.list?.sessionId ?? '';
  }

  /** The number by which its packets say whose they are. */
  get localId(): number {
    return this.domain.list?.localId ?? 0;
  }

  /** The port of its socket. */
  get port(): number {
    return this.socket.port;
  }

  node(type: string): NodeLink | undefined {
    return this.domain.active(type);
  }

  /** What its packets for a node are signed with. */
  secretOf(type: string): PacketSecret | undefined {
    const record = this.domain.list?.nodes.find((node) => node.type === type);
    return record && new PacketSecret(record.secret);
  }

  /** Sends whatever it is, from the client's own socket. */
  transmitTo(datagram: Uint8Array, port: number): void {
    this.socket.send(datagram, { host: '127.0.0.1', port });
  }

  stand(x: number, y: number, z: number): void {
    this.position = { x, y, z };
  }

  say(text: string): void {
    const line = {
      message: text,
      displayName: this.options.name,
      type: 'TransmitChatMessage',
      channel: 'Domain',
      colour: { red: 255, green: 255, blue: 255 },
      position: this.position,
    };
    const data = Buffer.from(JSON.stringify(line));
    const chat = { channel: CHAT_CHANNEL, isText: true, data, senderId: this.sessionId };
    this.node(NodeType.MessagesMixer)?.sender.send('MessagesData', chat, performance.now());
  }

  /** Where somebody of that name is; undefined as long as nobody of that name is seen. */
  placeOf(name: string): { x: number; y: number; z: number } | undefined {
    for (const [id, theirs] of this.names) if (theirs === name) return this.seen.get(id);
    return undefined;
  }

  /** Begins to record what it hears; what it returns ends that. */
  record(): () => NativeHearing {
    const recording = (this.recording = { left: [] as number[], right: [] as number[] });
    return () => {
      this.recording = undefined;
      return { left: Float32Array.from(recording.left), right: Float32Array.from(recording.right) };
    };
  }

  async listen(durationMs: number): Promise<NativeHearing> {
    const end = this.record();
    const { left } = this.recording!;
    const wanted = (durationMs / 1_000) * 2 * AUDIO_RATE_HZ;
    await this.until(`hears ${durationMs} ms`, () => left.length >= wanted, 3 * durationMs + 5_000);
    return end();
  }

  forgetGaps(): void {
    this.gaps = { frames: 0, missing: 0, longestMs: 0 };
    this.voice = { frames: 0, late: 0 };
  }

  async until(what: string, holds: () => boolean, timeoutMs = 10_000): Promise<void> {
    let isOver = false;
    const holding = (async () => {
      while (!isOver && !holds()) await new Promise((resolve) => setTimeout(resolve, 20));
    })();
    await within(timeoutMs, `${this.options.name} ${what}`, holding).finally(() => (isOver = true));
  }

  leave(): void {
    running.delete(this);
    clearInterval(this.timer);
    this.domain.leave(performance.now());
    // What was sent last is not sent yet.
    setTimeout(() => this.socket.close(), CHORES_MS);
  }

  // --- DomainClientOwner ---------------------------------------------------------------------------------------------

  transmit(datagram: Uint8Array, address: NodeAddress): void {
    this.onTransmit?.(datagram, address.port);
    this.socket.send(datagram, address);
  }

  handleConnected(): void {}

  handleLost(): void {
    this.lostCount++;
  }

  handleDenied(reason: string): void {
    this.refusals.push(reason);
  }

  handleActive(link: NodeLink): void {
    const nowMs = performance.now();
    if (link.type === NodeType.AudioMixer) link.sender.send('NegotiateAudioFormat', ['pcm'], nowMs);
    if (link.type === NodeType.MessagesMixer) link.sender.send('MessagesSubscribe', CHAT_CHANNEL, nowMs);
    if (link.type !== NodeType.AvatarMixer) return;
    const { sessionId, options } = this;
    const identity = { attachments: [], displayName: options.name, sessionDisplayName: null, flags: 2 };
    link.sender.send('AvatarIdentity', [{ sessionId, sequence: 1, ...identity }], nowMs);
  }

  handlePacket(link: NodeLink, type: number, packet: Uint8Array, payloadOffset: number): void {
    const payload = reader.reset(packet, payloadOffset);
    switch (type) {
      case PacketType.MixedAudio: {
        const { sequence, audio } = CODECS_TO_CLIENT.MixedAudio.read(payload);
        return this.hear(sequence, audio);
      }
      case PacketType.SilentAudioFrame:
        return this.hear(CODECS_TO_CLIENT.SilentAudioFrame.read(payload).sequence, undefined);
      case PacketType.BulkAvatarData:
        for (const { id, record } of CODECS_TO_CLIENT.BulkAvatarData.read(payload)) {
          if (record.globalPosition) this.seen.set(id, record.globalPosition);
        }
        return;
      case PacketType.AvatarIdentity:
        for (const { sessionId, displayName, sessionDisplayName } of CODECS_TO_CLIENT.AvatarIdentity.read(payload)) {
          this.names.set(sessionId, sessionDisplayName || displayName || '');
        }
        return;
      case PacketType.KillAvatar:
        this.seen.delete(CODECS_TO_CLIENT.KillAvatar.read(payload).sessionId);
        return;
      case PacketType.BulkAvatarTraits: {
        const { sequence } = CODECS_TO_CLIENT.BulkAvatarTraits.read(payload);
        link.sender.send('BulkAvatarTraitsAck', sequence, performance.now());
        return;
      }
      case PacketType.EntityData:
        return this.things.handleData(payload);
      case PacketType.EntityErase:
        return this.things.handleErase(payload);
      case PacketType.EntityQueryInitialResultsComplete:
        this.things.isComplete = true;
        return;
      case PacketType.MessagesData: {
        const { isText, data } = CODECS_TO_CLIENT.MessagesData.read(payload);
        if (isText) this.read.push(textOf(Buffer.from(data).toString('utf8')));
      }
    }
  }

  private tick(): void {
    const nowMs = performance.now();
    if (nowMs >= this.nextMs.chores) {
      this.nextMs.chores = nowMs + CHORES_MS;
      this.domain.tick(nowMs, Date.now());
    }
    const server = this.node(NodeType.EntityServer);
    if (server) this.things.ask(server, nowMs);
    const mixer = this.node(NodeType.AudioMixer);
    if (mixer) this.speakWhatIsDue(mixer, nowMs);
    const avatars = this.node(NodeType.AvatarMixer);
    if (avatars && nowMs >= this.nextMs.avatar) this.showBody(avatars, nowMs);
  }

  private speakWhatIsDue(mixer: NodeLink, nowMs: number): void {
    const { nextMs, voice } = this;
    // After a pause of this process, what nobody would hear any more is left out.
    if (nowMs - nextMs.voice > PAUSE_MS) {
      if (nextMs.voice > 0) voice.late += Math.floor((nowMs - nextMs.voice) / AUDIO_FRAME_MS);
      nextMs.voice = nowMs;
    }
    for (; nextMs.voice <= nowMs; nextMs.voice += AUDIO_FRAME_MS) {
      voice.frames++;
      if (nowMs - nextMs.voice > LATE_MS) voice.late++;
      this.speak(mixer, nowMs);
    }
  }

  private speak(link: NodeLink, nowMs: number): void {
    const { position } = this;
    const pose = { position, orientation: ORIENTATION, boxCorner: BOX_CORNER, boxScale: BOX_SCALE };
    const sequence = this.sequence++ % SEQUENCES;
    const { toneHz } = this.options;
    if (toneHz === undefined) {
      link.sender.send(
        'SilentAudioFrame',
        { sequence, codec: 'pcm', sampleCount: AUDIO_FRAME_SAMPLES, ...pose },
        nowMs,
      );
      return;
    }
    const samples = new Int16Array(AUDIO_FRAME_SAMPLES);
    for (let i = 0; i < samples.length; i++) {
      samples[i] = 11_000 * Math.sin((2 * Math.PI * toneHz * this.phase++) / AUDIO_RATE_HZ);
    }
    const audio = new Uint8Array(samples.buffer);
    link.sender.send('MicrophoneAudioNoEcho', { sequence, codec: 'pcm', isStereo: false, ...pose, audio }, nowMs);
  }

  private showBody(link: NodeLink, nowMs: number): void {
    this.nextMs.avatar = nowMs + AVATAR_MS;
    // 0 means to a mixer that there is nothing yet.
    this.avatarSequence = (this.avatarSequence % (SEQUENCES - 1)) + 1;
    const record = {
      globalPosition: this.position,
      boundingBox: { dimensions: BOX_SCALE, offset: BOX_CORNER },
      orientation: PACKED_IDENTITY,
      scale: 1,
    };
    link.sender.send('AvatarData', { sequence: this.avatarSequence, record }, nowMs);
  }

  private hear(sequence: number, audio: Uint8Array | undefined): void {
    const atMs = performance.now();
    const { gaps, lastMix } = this;
    gaps.frames++;
    if (lastMix) {
      const step = (sequence - lastMix.sequence + SEQUENCES) % SEQUENCES;
      if (step > 1 && step < SEQUENCES / 2) gaps.missing += step - 1;
      gaps.longestMs = Math.max(gaps.longestMs, atMs - lastMix.atMs);
    }
    this.lastMix = { sequence, atMs };
    const { recording } = this;
    if (!recording) return;
    const view = audio && new DataView(audio.buffer, audio.byteOffset, audio.byteLength);
    for (let i = 0; i < AUDIO_FRAME_SAMPLES; i++) {
      for (const [ear, samples] of [recording.left, recording.right].entries()) {
        const sample = view ? view.getInt16(4 * i + 2 * ear, true) / 32_768 : 0;
        // Twice: 24 kHz becomes 48 kHz.
        samples.push(sample, sample);
      }
    }
  }
}

/** The words of a line of chat: clients of old send JSON. */
function textOf(line: string): string {
  try {
    const { message } = JSON.parse(line) as { message?: unknown };
    return typeof message === 'string' ? message : line;
  } catch {
    return line;
  }
}
