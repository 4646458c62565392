import { type AudioZone, NO_SLOT, type PlayoutStatistics, type SpatialEngine, ZoneMap } from '@app/dsp';
import type { OpusCodec } from '@app/opus';
import { RosterBook, type RosterOutcome, type Seat } from '@app/roster';
import type { vicinity } from '@app/wire';
import { assert, type InstanceId, type SessionId, SOUNDS_HEARD_MAX } from '@app/world';
import { type Audible, AUDIBILITY_TICKS, markAudibleFor, updateAudibility } from './audibility.js';
import { Downlinks } from './downlinks.js';
import type { SoundShelf } from './injector/sound-shelf.js';
import { readSoundTable } from './injector/sound-table.js';
import { WorldSounds } from './injector/world-sounds.js';
import { areSameZones, mergeZones } from './injector/zone-merge.js';
import { HearingRules, type WishCounts } from './hearing-rules.js';
import { Listener } from './listener.js';
import { type MixOutput, OpusOutput, PcmOutput } from './mix-output.js';
import { createIntakeCounts, type MixCounts } from './mix-counts.js';
import { MixEncoding } from './mix-encoding.js';
import { Person } from './person.js';
import { PlayedSounds } from './played-sounds.js';
import type { MixQuality } from './quality-ladder.js';
import { readVoicePacket, type VoicePacket } from './voice-packet.js';
import { Voices, type VoicesOptions } from './voices.js';

const NO_BYTES = new Uint8Array(0);
/** Packets for those who take no others, in ms. */
const SHORT_FRAME_MS = 10;

/** How one world is heard. */
export interface WorldMixOptions extends VoicesOptions {
  /** Of the listeners' mixes, in bits per second. */
  bitrate: number;
  /** Of the listeners' encoders, 0 to 10. */
  complexity: number;
  /** The same for mixes of many voices, if that is less. */
  crowdComplexity: number;
  /** Duration of the listeners' packets, in ms: 10, 20, 40 or 60. */
  frameMs: number;
  /** Listeners that are served. */
  listenersMax: number;
}

/** What a world's sound is made with. */
export interface SoundFactory {
  codec: OpusCodec;
  /** @param world  its name; worlds have zones of their own */
  createEngine(world: string): SpatialEngine;
  /** Where the files of sounds in the world come from; absent when none are heard. */
  shelf?: SoundShelf;
  /** Sounds at places in each world that are mixed at the same time; engines have room for one more than that. */
  soundsMax?: number;
}

/** The sound of one world: everybody's voice, and the mixes of those listeners that gateways gave to this mixer. */
export class WorldMix {
  readonly intake = createIntakeCounts();
  private readonly book: RosterBook;
  private readonly people = new Map<SessionId, Person>();
  private readonly downlinks: Downlinks;
  private readonly listening: Audible[] = [];
  private readonly encoding: MixEncoding;
  /** For those who take packets of 10 ms only. */
  private readonly shortEncoding: MixEncoding;
  private readonly rules: HearingRules;
  private readonly voices: Voices;
  private readonly played: PlayedSounds;
  private engine: SpatialEngine | undefined;
  private zones: ZoneMap | undefined;
  private readonly sounds: WorldSounds | undefined;
  /** Zones that stand in the world, as the last table of sounds has them. */
  private builtZones: readonly AudioZone[] = [];
  private listenerCount = 0;
  /** The packet at work. */
  private readonly read: VoicePacket = {
    sequence: 0,
    timestamp: 0,
    coding: 'opus',
    bytes: NO_BYTES,
    frames: 0,
    isRest: false,
  };
  /** Undefined for full quality. */
  private quality: MixQuality | undefined;

  constructor(
    private readonly name: string,
    instanceId: InstanceId,
    private readonly sound: SoundFactory,
    private readonly options: WorldMixOptions,
    publish: (gatewayId: InstanceId, message: Uint8Array) => void,
  ) {
    this.book = new RosterBook(instanceId, 'audio');
    this.downlinks = new Downlinks(instanceId, publish);
    this.encoding = new MixEncoding(sound.codec, options, options.listenersMax);
    const short = { ...options, frameMs: SHORT_FRAME_MS, isNarrow: true };
    this.shortEncoding = new MixEncoding(sound.codec, short, options.listenersMax);
    this.rules = new HearingRules(() => {
      assert(this.engine, 'rules are told about open slots only');
      return this.engine;
    });
    this.voices = new Voices(sound.codec, options, this.rules);
    this.played = new PlayedSounds(sound.codec, options, this.rules);
    if (sound.shelf) this.sounds = new WorldSounds(sound.shelf, sound.soundsMax ?? SOUNDS_HEARD_MAX);
  }

  applyRoster(roster: vicinity.v1.SessionRoster, nowMs: number): RosterOutcome {
    const outcome = this.book.apply(roster, nowMs);
    if (outcome !== 'stale') this.seatEverybody();
    return outcome;
  }

  /** What the sessions of a gateway wish about what they hear. */
  applyHearing(table: vicinity.v1.HearingTable): void {
    const { gatewayId } = table;
    this.countWishes(this.rules.applyTable(table, (sessionId) => this.personOf(sessionId, gatewayId) !== undefined));
  }

  /** What an entity-server says of the sounds and zones that stand in the world. */
  applySounds(message: vicinity.v1.EntitySoundTable, nowMs: number): void {
    const table = readSoundTable(message);
    if (this.sounds?.apply(table, nowMs) === false) {
      this.intake.staleSounds++;
      return;
    }
    this.intake.badSounds += table.refused;
    if (areSameZones(table.zones, this.builtZones)) return;
    this.builtZones = table.zones;
    if (this.engine) this.tellZones(this.engine);
  }

  /** @param isTimely  false when this process was asleep before, so that packets come late through its own fault */
  applyUplink(uplink: vicinity.v1.AudioUplink, nowMs: number, isTimely: boolean): void {
    for (const pose of uplink.poses) {
      const person = this.personOf(pose.sessionId, uplink.gatewayId);
      if (!person) {
        this.intake.unknown++;
        continue;
      }
      const isFirst = !person.hasPose;
      if (!person.setPose(pose.pose ?? NO_BYTES)) this.intake.badPose++;
      else if (isFirst && person.seat.isListener) this.openEars(person);
    }
    for (const packet of uplink.packets) this.takePacket(packet, uplink.gatewayId, nowMs, isTimely);
  }

  /** The broker or this process was away: nobody is blamed for the silence. */
  forgive(nowMs: number): void {
    this.book.forgive(nowMs);
  }

  /** What listeners get at most from now on. */
  setQuality(quality: MixQuality): void {
    this.quality = quality;
    this.encoding.setComplexity(quality.complexity);
    this.shortEncoding.setComplexity(quality.complexity);
    this.engine?.setQuality(quality);
  }

  /**
   * One tick: decodes, mixes, encodes and sends.
   *
   * @param at  first sample of this tick's block, see BlockClock
   */
  tick(index: number, nowMs: number, isConnected: boolean, at: number, counts: MixCounts): void {
    if (isConnected && this.book.expire(nowMs)) this.seatEverybody();
    this.countWishes(this.rules.beginTick());
    const { engine } = this;
    if (engine && this.listenerCount > 0) {
      if (index % AUDIBILITY_TICKS === 0) this.updateAudibility(engine);
      this.voices.pull(engine, nowMs, counts);
      this.played.pull(engine, nowMs, counts);
      this.sounds?.pull(engine, this.zones, this.listening, index, at, nowMs, counts);
      this.placeListeners(engine);
      engine.render();
      counts.nearPairs += engine.counts.nearPairs;
      counts.farSignals += engine.counts.farSignals;
      counts.beds += engine.counts.beds;
      counts.shedSignals += engine.counts.shedSignals;
      this.encodeMixes(engine, index, counts);
    }
    this.downlinks.flush(index);
  }

  /** Adds what happened to the voices since the last call, and the delays that they aim for. */
  tellStatistics(sum: PlayoutStatistics, targetsMs: number[]): void {
    this.voices.tellStatistics(sum, targetsMs);
  }

  /** Gives everything back. */
  close(): void {
    for (const person of this.people.values()) person.listener?.close();
    this.voices.closeAll(undefined);
    this.played.closeAll(undefined);
    this.sounds?.closeAll(undefined);
    this.people.clear();
    this.downlinks.clear();
    this.listenerCount = 0;
  }

  private countWishes(counts: WishCounts): void {
    this.intake.unknown += counts.unknown;
    this.intake.malformed += counts.malformed;
    this.intake.tooMany += counts.tooMany;
  }

  private personOf(sessionId: number | null | undefined, gatewayId: InstanceId): Person | undefined {
    const person = this.people.get(sessionId ?? 0);
    return person?.seat.gatewayId === gatewayId ? person : undefined;
  }

  private takePacket(packet: vicinity.v1.ISourcePacket, gatewayId: InstanceId, nowMs: number, isTimely: boolean): void {
    const { intake, read } = this;
    intake.packets++;
    intake.bytes += (packet.opus?.length ?? 0) + (packet.pcm?.length ?? 0);
    const person = this.personOf(packet.sessionId, gatewayId);
    if (!person) {
      intake.unknown++;
      return;
    }
    const isPlayed = (packet.injector ?? 0) !== 0;
    if (!this.engine || this.listenerCount === 0 || !(person.isHeard || isPlayed)) {
      intake.unheard++;
      return;
    }
    if (!person.hasPose) {
      intake.unplaced++;
      return;
    }
    if (!readVoicePacket(packet, read)) {
      intake.malformed++;
      if (!isPlayed) person.source?.distrust();
      return;
    }
    if (isPlayed) {
      const fate = this.played.take(person.seat.sessionId, packet, read, this.engine, nowMs, isTimely);
      if (fate !== 'taken') intake[fate]++;
      return;
    }
    // Silence does not bring a voice into being.
    if (!person.source && read.isRest) return;
    const source = this.voices.sourceFor(person, read, this.engine, nowMs);
    if (source) source.push(read, nowMs, isTimely);
    else intake.tooMany++;
  }

  /** Brings people, listeners and downlinks in line with the rosters. */
  private seatEverybody(): void {
    this.downlinks.beginCount();
    for (const seat of this.book.seats.values()) {
      let person = this.people.get(seat.sessionId);
      if (person) person.seat = seat;
      else person = this.welcome(seat);
      if (seat.isListener) {
        this.downlinks.expect(seat.gatewayId);
        if (person.listener) this.changeSound(person.listener, person);
        else this.openEars(person);
      } else {
        this.dismiss(person);
      }
    }
    for (const person of this.people.values()) {
      if (!this.book.seats.has(person.seat.sessionId)) this.removePerson(person);
    }
    this.downlinks.endCount();
    if (this.listenerCount > 0) return;
    this.voices.closeAll(this.engine);
    this.played.closeAll(this.engine);
    this.sounds?.closeAll(this.engine);
  }

  private welcome(seat: Seat): Person {
    const person = new Person(seat);
    this.people.set(seat.sessionId, person);
    this.voices.cut(seat.sessionId, this.engine);
    return person;
  }

  /** From now on the person hears, once it is known where it is: a place that was made up would be heard as a jump. */
  private openEars(person: Person): void {
    if (!person.hasPose) return;
    const engine = this.openEngine();
    const slot = engine.addListener();
    if (slot === NO_SLOT) {
      this.intake.tooMany++;
      return;
    }
    person.listener = new Listener(slot, person.seat.sound, this.openOutput(person));
    engine.setOwnSource(slot, this.voices.ownSource(person, person.source?.slot));
    this.rules.openListener(person.seat.sessionId, slot);
    this.listenerCount++;
    markAudibleFor(person, this.people.values(), engine.options.audibleDistanceM);
  }

  private changeSound(listener: Listener, person: Person): void {
    if (listener.sound !== person.seat.sound) listener.change(person.seat.sound, this.openOutput(person));
  }

  private openOutput({ seat }: Person): MixOutput {
    const { downlinks } = this;
    if (seat.sound === 'pcm24-10') {
      return new PcmOutput((tick, pcm) => downlinks.add(seat.gatewayId, tick, { sessionId: seat.sessionId, pcm }));
    }
    const isShort = seat.sound === 'opus-10';
    const encoding = isShort ? this.shortEncoding : this.encoding;
    return new OpusOutput(encoding, isShort ? SHORT_FRAME_MS : this.options.frameMs, (tick, opus) =>
      downlinks.add(seat.gatewayId, tick, { sessionId: seat.sessionId, opus }),
    );
  }

  private dismiss(person: Person): void {
    const { listener } = person;
    if (!listener) return;
    this.rules.closeListener(listener.slot);
    this.engine?.removeListener(listener.slot);
    listener.close();
    person.listener = undefined;
    this.listenerCount--;
  }

  private removePerson(person: Person): void {
    this.dismiss(person);
    this.people.delete(person.seat.sessionId);
    this.voices.leave(person);
    this.played.leave(person.seat.sessionId);
    this.rules.leave(person.seat.sessionId);
  }

  private openEngine(): SpatialEngine {
    if (!this.engine) {
      this.engine = this.sound.createEngine(this.name);
      this.zones = new ZoneMap(this.engine.options);
      if (this.quality) this.engine.setQuality(this.quality);
      if (this.builtZones.length > 0) this.tellZones(this.engine);
    }
    return this.engine;
  }

  private tellZones(engine: SpatialEngine): void {
    const { zones, zonePairs } = mergeZones(engine.options, this.builtZones);
    engine.setZones(zones, zonePairs);
    this.zones?.replace(zones, zonePairs);
  }

  private updateAudibility(engine: SpatialEngine): void {
    const { zones } = this;
    for (const person of this.people.values()) {
      const isOnStage = zones !== undefined && zones.isStage(zones.zoneAt(person.x, person.y, person.z));
      person.isHeardEverywhere = isOnStage || this.rules.hasMegaphone(person.seat.sessionId);
    }
    this.voices.updateOwn(engine);
    updateAudibility(this.people, engine.options.audibleDistanceM, this.listening);
  }

  private placeListeners(engine: SpatialEngine): void {
    for (const person of this.people.values()) {
      if (!person.listener) continue;
      const { x, y, z, qx, qy, qz, qw } = person;
      engine.setListenerPose(person.listener.slot, x, y, z, qx, qy, qz, qw);
    }
  }

  private encodeMixes(engine: SpatialEngine, index: number, counts: MixCounts): void {
    const { encoding, shortEncoding } = this;
    encoding.begin();
    shortEncoding.begin();
    for (const { listener, seat } of this.people.values()) {
      if (!listener) continue;
      counts.listeners++;
      listener.output.take(index, engine, listener.slot, this.rules.volumeOf(seat.sessionId));
      if (listener.output.isHearing) counts.hearing++;
    }
    counts.encodesSaved += encoding.saved + shortEncoding.saved;
    this.downlinks.takeCounts(counts);
  }
}
