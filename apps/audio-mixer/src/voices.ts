import { NO_SLOT, type PlayoutStatistics, type SpatialEngine } from '@app/dsp';
import type { OpusCodec } from '@app/opus';
import type { SessionId } from '@app/world';
import type { HearingRules } from './hearing-rules.js';
import type { MixCounts } from './mix-counts.js';
import type { Person } from './person.js';
import { Source, type SourceCoding, type SourceOptions } from './source.js';
import type { VoicePacket } from './voice-packet.js';

/** How the voices of one world are taken in. */
export interface VoicesOptions extends SourceOptions {
  /** How long a voice may be silent before it gives its decoder back, in ms. */
  idleMs: number;
}

/** A voice may change its coding this long after it began, in ms: whoever does so all the time is not heard. */
const CODING_CHANGE_MS_MIN = 250;

/** A source whose person has left: it fades in one tick, its end is heard in the next, then it is removed. */
interface Leaving {
  sessionId: SessionId;
  source: Source;
  ticks: number;
}

/** The voices of one world that this mixer decodes: from the first packet that counts until long after the last. */
export class Voices {
  private readonly speaking = new Set<Person>();
  private readonly leaving: Leaving[] = [];

  constructor(
    private readonly codec: OpusCodec,
    private readonly options: VoicesOptions,
    private readonly rules: HearingRules,
  ) {}

  /** The person's voice for a packet; undefined when there is no room for another, or it may not have one. */
  sourceFor(person: Person, packet: VoicePacket, engine: SpatialEngine, nowMs: number): Source | undefined {
    const { source } = person;
    if (!source) return this.open(person, packet.coding, engine, nowMs);
    if (source.coding === packet.coding || packet.isRest) return source;
    if (nowMs - source.openedMs < CODING_CHANGE_MS_MIN) return undefined;
    // Cut, not faded: its person would hear the old one.
    this.close(person, engine);
    return this.open(person, packet.coding, engine, nowMs);
  }

  private open(person: Person, coding: SourceCoding, engine: SpatialEngine, nowMs: number): Source | undefined {
    const slot = engine.addSource();
    if (slot === NO_SLOT) return undefined;
    if (person.listener) engine.setOwnSource(person.listener.slot, this.ownSource(person, slot));
    this.rules.openSource(person.seat.sessionId, slot);
    person.source = new Source(slot, coding, this.codec, this.options, nowMs);
    this.speaking.add(person);
    return person.source;
  }

  /** Those who want to hear themselves do, from now on, and others do not. */
  updateOwn(engine: SpatialEngine): void {
    for (const person of this.speaking) {
      if (!person.listener || !person.source) continue;
      engine.setOwnSource(person.listener.slot, this.ownSource(person, person.source.slot));
    }
  }

  /** The source that the person's own ears leave out. */
  ownSource({ seat }: Person, slot: number | undefined): number {
    return slot === undefined || this.rules.hearsItself(seat.sessionId) ? NO_SLOT : slot;
  }

  /** The person has left the world: its voice fades. */
  leave(person: Person): void {
    if (!person.source) return;
    person.source.leave();
    this.leaving.push({ sessionId: person.seat.sessionId, source: person.source, ticks: 0 });
    person.source = undefined;
    this.speaking.delete(person);
  }

  /** The session is back before its old voice has faded: it is cut, because nobody may hear its own voice. */
  cut(sessionId: SessionId, engine: SpatialEngine | undefined): void {
    for (let index = this.leaving.length - 1; index >= 0; index--) {
      if (this.leaving[index].sessionId !== sessionId) continue;
      const [{ source }] = this.leaving.splice(index, 1);
      this.remove(source, engine);
    }
  }

  /** Fills the engine with the next block of everybody. */
  pull(engine: SpatialEngine, nowMs: number, counts: MixCounts): void {
    for (const person of this.speaking) {
      const source = person.source as Source;
      if (source.idleMs(nowMs) > this.options.idleMs) {
        this.close(person, engine);
        continue;
      }
      const { x, y, z, qx, qy, qz, qw } = person;
      engine.setSourcePose(source.slot, x, y, z, qx, qy, qz, qw);
      pullSource(engine, source, nowMs, counts);
    }
    for (let index = this.leaving.length - 1; index >= 0; index--) {
      const entry = this.leaving[index];
      if (entry.ticks++ < 2) {
        pullSource(engine, entry.source, nowMs, counts);
      } else {
        this.leaving.splice(index, 1);
        this.remove(entry.source, engine);
      }
    }
  }

  /** Nobody listens any more, so nothing needs to fade. */
  closeAll(engine: SpatialEngine | undefined): void {
    for (const person of this.speaking) this.close(person, engine);
    for (const { source } of this.leaving) this.remove(source, engine);
    this.leaving.length = 0;
  }

  /** Adds what happened to the voices since the last call, and the delays that they aim for. */
  tellStatistics(sum: PlayoutStatistics, targetsMs: number[]): void {
    for (const { source } of this.speaking) {
      if (!source) continue;
      source.tellStatistics(sum);
      targetsMs.push(source.targetDelayMs);
    }
  }

  private close(person: Person, engine: SpatialEngine | undefined): void {
    this.speaking.delete(person);
    if (person.source) this.remove(person.source, engine);
    person.source = undefined;
  }

  private remove(source: Source, engine: SpatialEngine | undefined): void {
    if (engine) {
      this.rules.closeSource(source.slot);
      engine.removeSource(source.slot);
    }
    source.close();
  }
}

function pullSource(engine: SpatialEngine, source: Source, nowMs: number, counts: MixCounts): void {
  const isSounding = source.pull(engine.input(source.slot), nowMs);
  engine.setSounding(source.slot, isSounding);
  counts.sources++;
  if (isSounding) counts.sounding++;
  if (source.isGated) counts.gated++;
}
