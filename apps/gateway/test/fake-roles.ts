import { type Broker, subjectOf } from '@app/broker';
import { SystemClock, type Timer } from '@app/clock';
import { EvanOpusCodec } from '@app/opus';
import { type MessageOf, decodeMessage, encodeMessage, vicinity } from '@app/wire';
import { BLOCK_FRAMES } from '@app/world';

const HEARTBEAT_MS = 200;

/** The other roles of a domain, as far as a gateway notices them. */
abstract class FakeRole {
  protected readonly clock = new SystemClock();
  private readonly epochMs = this.clock.wallMs();
  private readonly heartbeat: Timer;

  constructor(
    protected readonly broker: Broker,
    readonly instanceId: string,
    private readonly role: string,
  ) {
    this.beat();
    this.heartbeat = this.clock.every(HEARTBEAT_MS, () => this.beat());
  }

  stop(): void {
    this.heartbeat.cancel();
  }

  private beat(): void {
    const state = vicinity.v1.RoleState.ROLE_STATE_READY;
    const { instanceId, role, epochMs } = this;
    this.broker.publish(
      subjectOf('member', { who: instanceId }),
      encodeMessage('MemberHeartbeat', { instanceId, role, epochMs, state }),
    );
  }
}

/** Plays a stereo tone to every listener that a gateway gives it, and writes down what it hears. */
export class ToneMixer extends FakeRole {
  readonly uplinks: { gateway: string; message: MessageOf<'AudioUplink'> }[] = [];
  readonly avatarUplinks: MessageOf<'AvatarUplink'>[] = [];
  readonly traits: MessageOf<'TraitsTable'>[] = [];
  /** The newest roster of each gateway. */
  readonly rosters = new Map<string, MessageOf<'SessionRoster'>>();
  isSilent = false;
  private readonly encoder = new EvanOpusCodec().createEncoder({ channels: 2, bitrate: 96_000, complexity: 5 });
  private readonly loop: Timer;
  private tick = 0;
  private phase = 0;

  constructor(broker: Broker, instanceId: string) {
    super(broker, instanceId, 'audio-mixer');
    const listen = <Name extends 'AudioUplink' | 'AvatarUplink' | 'TraitsTable' | 'SessionRoster'>(
      row: 'audioUp' | 'avatarUp' | 'avatarTraits' | 'roster',
      name: Name,
      handle: (message: MessageOf<Name>) => void,
    ): void => {
      broker.subscribe(subjectOf(row), ({ data }) => handle(decodeMessage(name, Uint8Array.from(data))));
    };
    listen('audioUp', 'AudioUplink', (message) => this.uplinks.push({ gateway: message.gatewayId, message }));
    listen('avatarUp', 'AvatarUplink', (message) => this.avatarUplinks.push(message));
    listen('avatarTraits', 'TraitsTable', (message) => this.traits.push(message));
    listen('roster', 'SessionRoster', (message) => this.rosters.set(message.gatewayId, message));
    this.loop = this.clock.every(20, () => this.mix());
  }

  /** The entry of a session in the newest rosters. */
  entryOf(sessionId: number): vicinity.v1.RosterEntry.$Properties | undefined {
    for (const roster of this.rosters.values()) {
      const found = roster.isLast ? undefined : roster.sessions.find((entry) => entry.sessionId === sessionId);
      if (found) return found;
    }
    return undefined;
  }

  override stop(): void {
    super.stop();
    this.loop.cancel();
    this.encoder.close();
  }

  private mix(): void {
    this.tick++;
    if (this.isSilent) return;
    const opus = this.encoder.encode(this.nextBlock());
    for (const [gatewayId, roster] of this.rosters) {
      const place = roster.audioMixers.indexOf(this.instanceId) + 1;
      if (place === 0 || roster.isLast) continue;
      const packets = roster.sessions
        .filter((entry) => entry.audioMixer === place)
        .map(({ sessionId }) => ({ sessionId, opus }));
      const message = encodeMessage('AudioDownlink', { mixerId: this.instanceId, tick: this.tick, packets });
      this.broker.publish(subjectOf('audioDown', { world: 'main', who: gatewayId }), message);
    }
  }

  private nextBlock(): Int16Array {
    const samples = new Int16Array(2 * BLOCK_FRAMES);
    for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
      const value = 8_000 * Math.sin((2 * Math.PI * 440 * this.phase++) / 48_000);
      samples[2 * frame] = value;
      samples[2 * frame + 1] = value;
    }
    return samples;
  }
}

/** Sends a Pong-like word to every listener it is given, on both channels. */
export class WordyAvatarMixer extends FakeRole {
  constructor(broker: Broker, instanceId: string) {
    super(broker, instanceId, 'avatar-mixer');
  }

  /** One message on each channel, for one session of a gateway. */
  say(gatewayId: string, sessionId: number): void {
    const realtime = encodeMessage('ServerRealtime', { avatarUpdates: { updates: [{ sessionId: 77, sequence: 5 }] } });
    const reliable = encodeMessage('ServerReliable', {
      avatarNews: { traits: [{ sessionId: 77, version: 1, traits: { name: 'Ada' } }], isComplete: true, present: [77] },
    });
    const message = { mixerId: this.instanceId, tick: 1, payloads: [{ sessionId, realtime, reliable }] };
    this.broker.publish(
      subjectOf('avatarDown', { world: 'main', who: gatewayId }),
      encodeMessage('AvatarDownlink', message),
    );
  }
}

/** Takes posts, numbers them, and tells them to everybody. */
export class PlainMessaging extends FakeRole {
  readonly posts: MessageOf<'PostRequest'>[] = [];
  private sequence = 0;

  constructor(broker: Broker, instanceId: string) {
    super(broker, instanceId, 'messaging');
    broker.subscribe(subjectOf('messagePost', { who: instanceId }), ({ data, reply }) => {
      const request = decodeMessage('PostRequest', Uint8Array.from(data));
      this.posts.push(request);
      const isKept = request.message?.binary === undefined || request.message.binary === null;
      const sequence = isKept ? ++this.sequence : 0;
      if (reply) broker.publish(reply, encodeMessage('PostReply', { sequence }));
      const channel = Buffer.from(request.message?.channel ?? '', 'utf8').toString('base64url');
      broker.publish(
        subjectOf(isKept ? 'messageOut' : 'messageTransient', { world: 'main', who: channel }),
        encodeMessage('ChannelMessage', { ...request.message, sequence, sentAtMs: 5 }),
      );
    });
  }
}
