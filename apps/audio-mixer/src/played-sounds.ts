import { applyGainRamp, NO_SLOT, type SpatialEngine } from '@app/dsp';
import type { OpusCodec } from '@app/opus';
import { isPosePrefix, readPosition, type vicinity } from '@app/wire';
import {
  INJECTORS_PER_SESSION_MAX,
  INJECTORS_PER_WORLD_MAX,
  type SessionId,
  SOUND_VOLUME_MAX,
  type Vec3,
} from '@app/world';
import type { HearingRules } from './hearing-rules.js';
import type { MixCounts } from './mix-counts.js';
import { NOISE_GATE_OFF_DB, Source, type SourceOptions } from './source.js';
import type { VoicePacket } from './voice-packet.js';

/** A sound that has been silent for this long is over, in ms. */
const IDLE_MS = 1_500;
/** Ticks that a sound is kept whose session has left: it fades in the first, and its end is heard in the next. */
const LEAVING_TICKS = 2;

/** What became of a packet; what is not `taken` is the name of a count of drops. */
export type PlayedFate = 'taken' | 'malformed' | 'tooMany';

interface PlayedSound {
  readonly sessionId: SessionId;
  readonly source: Source;
  readonly position: Vec3;
  /** Linear; what its packets say, and what the last block had. */
  gain: number;
  lastGain: number;
  /** Infinity as long as its session is here. */
  ticksLeft: number;
}

/** What the sessions of one world play beside their voices: each sound at a place, alike on all sides. */
export class PlayedSounds {
  private readonly sounds = new Map<number, PlayedSound>();
  private readonly options: SourceOptions;

  constructor(
    private readonly codec: OpusCodec,
    { jitterMsMax }: SourceOptions,
    private readonly rules: HearingRules,
  ) {
    // What is quiet on purpose is no noise.
    this.options = { jitterMsMax, noiseGateDb: NOISE_GATE_OFF_DB };
  }

  /** @param isTimely  false when this process was asleep before */
  take(
    sessionId: SessionId,
    packet: vicinity.v1.ISourcePacket,
    voice: VoicePacket,
    engine: SpatialEngine,
    nowMs: number,
    isTimely: boolean,
  ): PlayedFate {
    const { injector = 0, gain = 0, pose } = packet;
    const hasPose = pose !== undefined && pose !== null && pose.length > 0;
    if (!isInjector(injector) || !isGain(gain) || (hasPose && !isPosePrefix(pose))) return 'malformed';
    const key = sessionId * (INJECTORS_PER_SESSION_MAX + 1) + injector;
    let sound = this.sounds.get(key);
    if (sound && (sound.source.coding !== voice.coding || sound.ticksLeft < Infinity) && !voice.isRest)
      return 'malformed';
    if (!sound) {
      // Silence does not bring a sound into being, and one without a place is nowhere.
      if (voice.isRest) return 'taken';
      if (!hasPose) return 'malformed';
      sound = this.open(sessionId, voice, packet.loopback === true, engine, nowMs);
      if (!sound) return 'tooMany';
      this.sounds.set(key, sound);
    }
    if (hasPose) readPosition(pose, sound.position);
    if (!voice.isRest) sound.gain = gain;
    sound.source.push(voice, nowMs, isTimely);
    return 'taken';
  }

  /** Fills the engine with the next block of each. */
  pull(engine: SpatialEngine, nowMs: number, counts: MixCounts): void {
    for (const [key, sound] of this.sounds) {
      const { source, position } = sound;
      if (source.idleMs(nowMs) > IDLE_MS || sound.ticksLeft-- <= 0) {
        this.sounds.delete(key);
        this.close(sound, engine);
        continue;
      }
      engine.setSourcePose(source.slot, position.x, position.y, position.z, 0, 0, 0, 1);
      const block = engine.input(source.slot);
      const isSounding = source.pull(block, nowMs);
      if (isSounding) applyGainRamp(block, sound.lastGain, sound.gain);
      sound.lastGain = sound.gain;
      engine.setSounding(source.slot, isSounding);
      counts.sources++;
      if (isSounding) counts.sounding++;
    }
  }

  /** The session has left the world: what it plays fades. */
  leave(sessionId: SessionId): void {
    for (const sound of this.sounds.values()) {
      if (sound.sessionId !== sessionId || sound.ticksLeft < Infinity) continue;
      sound.source.leave();
      sound.ticksLeft = LEAVING_TICKS;
    }
  }

  /** Nobody listens any more, so nothing needs to fade. */
  closeAll(engine: SpatialEngine | undefined): void {
    for (const sound of this.sounds.values()) this.close(sound, engine);
    this.sounds.clear();
  }

  private open(
    sessionId: SessionId,
    { coding }: VoicePacket,
    isOwnHeard: boolean,
    engine: SpatialEngine,
    nowMs: number,
  ): PlayedSound | undefined {
    if (this.sounds.size >= INJECTORS_PER_WORLD_MAX) return undefined;
    const slot = engine.addSource('thing');
    if (slot === NO_SLOT) return undefined;
    this.rules.openSource(sessionId, slot, isOwnHeard ? 'played-to-all' : 'played');
    const source = new Source(slot, coding, this.codec, this.options, nowMs);
    return { sessionId, source, position: { x: 0, y: 0, z: 0 }, gain: 1, lastGain: 1, ticksLeft: Infinity };
  }

  private close({ source }: PlayedSound, engine: SpatialEngine | undefined): void {
    if (engine) {
      this.rules.closeSource(source.slot);
      engine.removeSource(source.slot);
    }
    source.close();
  }
}

function isInjector(injector: number | null): injector is number {
  return injector !== null && injector >= 1 && injector <= INJECTORS_PER_SESSION_MAX;
}

function isGain(gain: number | null): gain is number {
  return gain !== null && gain >= 0 && gain <= SOUND_VOLUME_MAX;
}
