import { type Broker, subjectOf, type Subscription } from '@app/broker';
import { decodeMessage, encodeMessage, packPose, type vicinity } from '@app/wire';
import { SOUND_FORMATS, type SoundFormat, UPLINK_TICK_MS } from '@app/world';
import { packetMsOf } from './crowd.js';
import { SlowMotion } from './slow-motion.js';

const GATEWAY_ID = 'gateway-bench';
const FRAMES_PER_MS = 48;
/** How often moving people's poses are told, in ms; others every second. */
const MOVING_POSE_MS = 30;
const STANDING_POSE_MS = 1_000;

/** Somebody whom the gateway plays. */
export interface Player {
  sessionId: number;
  /** Endless voice, packet by packet. */
  packets: readonly Uint8Array[];
  /** Packet of `packets` to begin with, so that people with the same voice do not speak in chorus. */
  firstPacket: number;
  /** What its packets are, and what its mixes have to be; `opus-20` if not given. */
  sound?: SoundFormat;
  /** When in each packet's time the packets arrive at the gateway, in ms. */
  phaseMs: number;
  isListener: boolean;
  isMoving: boolean;
  /** Metres. */
  x: number;
  z: number;
  /** Direction that the person looks, in radians. */
  yaw: number;
  /** Whether the person says something at a time since `start`, in ms; who is silent sends nothing. Always, if not given. */
  isTalking?: (nowMs: number) => boolean;
}

/** A packet of a listener's mix as the gateway got it. */
export interface ReceivedMix {
  sessionId: number;
  tick: number;
  atMs: number;
  /** Empty for mixes that are samples. */
  opus: Uint8Array;
}

/**
 * Plays one gateway: its clients' packets and poses up, every 10 ms, and the mixes down. All its times, and those of its
 * people, are those of its clock, which can be slowed down together with the mixer's.
 */
export class PlayedGateway {
  /** Called for each mix packet. */
  onMix: (mix: ReceivedMix) => void = () => undefined;
  /** Different mixer ticks that arrived. */
  ticks = 0;
  /** Mixer ticks that never arrived. */
  skippedTicks = 0;

  private readonly subscription: Subscription;
  private readonly clock = new SlowMotion(() => performance.now());
  private players: readonly Player[] = [];
  private timer: NodeJS.Timeout | undefined;
  private startMs = 0;
  private uplinkTick = 0;
  private revision = 0;
  private lastTick = -1;
  /** Packets that were due, and packets that were sent, of each player. */
  private dueCounts: Int32Array = new Int32Array(0);
  private sentCounts: Int32Array = new Int32Array(0);

  constructor(
    private readonly broker: Broker,
    private readonly mixerId: string,
    private readonly world = 'main',
  ) {
    this.subscription = broker.subscribe(subjectOf('audioDown', { world, who: GATEWAY_ID }), ({ data }) =>
      this.receive(data),
    );
  }

  /** Lets these people, and nobody else, be here and speak. */
  start(players: readonly Player[]): void {
    clearInterval(this.timer);
    this.players = players;
    this.dueCounts = new Int32Array(players.length);
    this.sentCounts = new Int32Array(players.length);
    this.startMs = this.clock.now();
    this.uplinkTick = 0;
    this.lastTick = -1;
    this.tellRoster();
    this.timer = setInterval(() => this.catchUp(), 2);
  }

  /** From now on this gateway's time passes `factor` times slower. */
  slowDown(factor: number): void {
    this.clock.slowDown(factor);
  }

  /** When the packet with this index of a player arrived at the gateway, on the clock of `ReceivedMix.atMs`. */
  arrivedMs(player: Player, index: number): number {
    return this.startMs + index * packetMsOf(player.sound ?? 'opus-20') + player.phaseMs;
  }

  stop(): void {
    clearInterval(this.timer);
    this.players = [];
    this.tellRoster();
  }

  close(): void {
    clearInterval(this.timer);
    this.subscription.unsubscribe();
  }

  /** Runs the uplink ticks that are due; late ones are made up for, because clients do not wait either. */
  private catchUp(): void {
    while (this.startMs + (this.uplinkTick + 1) * UPLINK_TICK_MS <= this.clock.now()) this.sendUplink();
  }

  private sendUplink(): void {
    const nowMs = ++this.uplinkTick * UPLINK_TICK_MS;
    const packets: vicinity.v1.ISourcePacket[] = [];
    const poses: vicinity.v1.IEarPose[] = [];
    this.players.forEach((player, place) => {
      this.speak(player, place, nowMs, packets);
      const everyMs = player.isMoving ? MOVING_POSE_MS : STANDING_POSE_MS;
      const isFirst = this.uplinkTick === 1;
      if (isFirst || (nowMs + place * UPLINK_TICK_MS) % everyMs < UPLINK_TICK_MS) {
        poses.push({ sessionId: player.sessionId, pose: poseOf(player, nowMs) });
      }
    });
    this.broker.publish(
      subjectOf('audioUp', { world: this.world, who: GATEWAY_ID }),
      encodeMessage('AudioUplink', { gatewayId: GATEWAY_ID, tick: this.uplinkTick, packets, poses }),
    );
    if (nowMs % 1_000 < UPLINK_TICK_MS) this.tellRoster();
  }

  /** As RTP counts: the timestamp goes on while somebody is silent, the sequence does not. */
  private speak(player: Player, place: number, nowMs: number, packets: vicinity.v1.ISourcePacket[]): void {
    const { sound = 'opus-20' } = player;
    const packetMs = packetMsOf(sound);
    while (this.dueCounts[place] * packetMs + player.phaseMs < nowMs) {
      const index = this.dueCounts[place]++;
      const spokenMs = index * packetMs + player.phaseMs;
      if (player.isTalking && !player.isTalking(spokenMs)) continue;
      packets.push({
        sessionId: player.sessionId,
        sequence: this.sentCounts[place]++ & 0xffff,
        timestamp: (index * packetMs * FRAMES_PER_MS) >>> 0,
        [sound === 'pcm24-10' ? 'pcm' : 'opus']: player.packets[(player.firstPacket + index) % player.packets.length],
        waitMs: Math.round(nowMs - spokenMs),
      });
    }
  }

  private tellRoster(): void {
    this.broker.publish(
      subjectOf('roster', { world: this.world, who: GATEWAY_ID }),
      encodeMessage('SessionRoster', {
        gatewayId: GATEWAY_ID,
        gatewayEpochMs: 1,
        revision: ++this.revision,
        audioMixers: [this.mixerId],
        sessions: this.players.map(({ sessionId, isListener, sound = 'opus-20' }) => ({
          sessionId,
          audioMixer: isListener ? 1 : 0,
          sound: SOUND_FORMATS.indexOf(sound),
        })),
      }),
    );
  }

  private receive(data: Uint8Array): void {
    const atMs = this.clock.now();
    const downlink = decodeMessage('AudioDownlink', data);
    if (downlink.tick !== this.lastTick) {
      if (this.lastTick >= 0) this.skippedTicks += downlink.tick - this.lastTick - 1;
      this.lastTick = downlink.tick;
      this.ticks++;
    }
    for (const packet of downlink.packets) {
      const sessionId = packet.sessionId ?? 0;
      this.onMix({ sessionId, tick: downlink.tick, atMs, opus: packet.opus ?? new Uint8Array() });
    }
  }
}

/** Those who move walk a metre to and fro and turn a quarter each second. */
function poseOf(player: Player, nowMs: number): Uint8Array {
  const seconds = player.isMoving ? nowMs / 1_000 : 0;
  const yaw = player.yaw + seconds * (Math.PI / 2);
  return packPose({
    position: { x: player.x + Math.sin(seconds), y: 0, z: player.z },
    orientation: { x: 0, y: Math.sin(yaw / 2), z: 0, w: Math.cos(yaw / 2) },
  });
}
