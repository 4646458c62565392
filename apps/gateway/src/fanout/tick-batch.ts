import type { SessionId } from '@app/world';
import type { vicinity } from '@app/wire';
import type { VoiceInput } from '../session/client-channel.js';
import { ByteArena } from './byte-arena.js';
import type { Outbox } from './outbox.js';
import { splitByBytes } from './split-batch.js';

/** The newest of a session that moved or spoke, as the batch needs it. */
export interface BatchSession {
  readonly id: SessionId;
  readonly pose: Uint8Array;
  readonly earPose: Uint8Array;
  readonly poseSequence: number;
  /** Bytes of its avatar's detail, and the detail's number; 0 when there is none. */
  readonly detailBytes: number;
  readonly detailSequence: number;
  readonly level: { tell(nowMs: number): number };
  earPoseSentAtMs: number;
}

interface WaitingPacket {
  arrivedAtMs: number;
  packet: vicinity.v1.SourcePacket.$Properties;
}

/** Ear poses of one session are sent at most this often, in ms: a mix tick uses no more. */
const EAR_POSE_INTERVAL_MS = 20;
/** Voice packets that wait for one tick; more come only when this process has been asleep, and are worth nothing then. */
export const PACKETS_PER_TICK_MAX = 4_096;
/** Bytes of a tick's packets that memory is kept for: those of some forty who send samples. */
const ARENA_BYTES = 65_536;
/** Bytes of everything in a packet or pose but its content. */
const ENTRY_BYTES = 24;

/** What one world has for its mixers, from one uplink tick to the next. */
export class TickBatch {
  private packets: WaitingPacket[] = [];
  private readonly arena = new ByteArena(ARENA_BYTES);
  private readonly movedBodies = new Set<BatchSession>();
  private readonly movedEars = new Set<BatchSession>();

  constructor(
    private readonly world: string,
    private readonly outbox: Outbox,
  ) {}

  /** Adds a checked voice packet, whose bytes are copied; returns false when it has to be dropped. */
  addVoice(sessionId: SessionId, { sequence, timestamp, opus, pcm, injector }: VoiceInput, nowMs: number): boolean {
    if (this.packets.length >= PACKETS_PER_TICK_MAX) return false;
    const packet: vicinity.v1.SourcePacket.$Properties = { sessionId, sequence, timestamp, waitMs: 0 };
    if (pcm) packet.pcm = this.arena.keep(pcm);
    else packet.opus = this.arena.keep(opus);
    if (injector) {
      packet.injector = injector.id;
      packet.pose = this.arena.keep(injector.pose);
      packet.gain = injector.gain;
      packet.loopback = injector.isLoopback;
    }
    this.packets.push({ arrivedAtMs: nowMs, packet });
    return true;
  }

  /** The session's newest pose goes out with the next tick, to both kinds of mixer. */
  addPose(session: BatchSession): void {
    this.movedBodies.add(session);
    this.movedEars.add(session);
  }

  /** Only the audio mixers need to know: its ears are elsewhere. */
  addEars(session: BatchSession): void {
    this.movedEars.add(session);
  }

  /** Like `addPose`, also when its ears were told a moment ago: somebody has not heard that. */
  repeatPose(session: BatchSession): void {
    session.earPoseSentAtMs = -Infinity;
    this.addPose(session);
  }

  /** Only the avatar mixers need to know: it speaks louder or softer, or its joints have moved. */
  addBody(session: BatchSession): void {
    this.movedBodies.add(session);
  }

  /** The session is gone. */
  forget(session: BatchSession): void {
    this.movedBodies.delete(session);
    this.movedEars.delete(session);
  }

  /** Publishes what there is: at most one message of each kind, unless it is very large. */
  flush(tick: number, nowMs: number): void {
    this.flushAudio(tick, nowMs);
    this.flushBodies(nowMs);
  }

  private flushAudio(tick: number, nowMs: number): void {
    const ears = this.takeEars(nowMs);
    if (this.packets.length === 0 && ears.length === 0) return;
    const waiting = this.packets;
    this.packets = [];
    for (const { arrivedAtMs, packet } of waiting) packet.waitMs = Math.max(0, Math.floor(nowMs - arrivedAtMs));
    const runs = splitByBytes(waiting, ({ packet }) => ENTRY_BYTES + bytesOf(packet));
    const gatewayId = this.outbox.gatewayId;
    for (let index = 0; index < Math.max(1, runs.length); index++) {
      const packets = (runs[index] ?? []).map(({ packet }) => packet);
      // All ears of the largest gateway are far below the bound of a message, so they go with the first.
      this.outbox.publish('audioUp', this.world, { gatewayId, tick, packets, poses: index === 0 ? ears : [] });
    }
    this.arena.clear();
  }

  private takeEars(nowMs: number): vicinity.v1.EarPose.$Properties[] {
    const ears: vicinity.v1.EarPose.$Properties[] = [];
    for (const session of this.movedEars) {
      // Half a tick of tolerance, or a tick that is a little early would make it 30 ms.
      if (nowMs - session.earPoseSentAtMs < EAR_POSE_INTERVAL_MS - 5) continue;
      session.earPoseSentAtMs = nowMs;
      this.movedEars.delete(session);
      ears.push({ sessionId: session.id, pose: session.earPose });
    }
    return ears;
  }

  private flushBodies(nowMs: number): void {
    if (this.movedBodies.size === 0) return;
    const poses: vicinity.v1.AvatarPose.$Properties[] = [];
    for (const session of this.movedBodies) {
      const loudness = session.level.tell(nowMs);
      const { id, poseSequence, pose, detailBytes, detailSequence } = session;
      poses.push({ sessionId: id, sequence: poseSequence, pose, loudness, detailBytes, detailSequence });
    }
    this.movedBodies.clear();
    for (const run of splitByBytes(poses, (pose) => ENTRY_BYTES + (pose.pose?.length ?? 0))) {
      this.outbox.publish('avatarUp', this.world, { gatewayId: this.outbox.gatewayId, poses: run });
    }
  }
}

function bytesOf({ opus, pcm, pose }: vicinity.v1.SourcePacket.$Properties): number {
  return (opus?.length ?? 0) + (pcm?.length ?? 0) + (pose?.length ?? 0);
}
