import { DownlinkBatch, RosterBook, type RosterOutcome } from '@app/roster';
import { NO_SLOT, planarToPcm16, type PlayoutStatistics, type SpatialEngine } from '@app/dsp';
import { inspectOpusPacket, type OpusCodec } from '@app/opus';
import { encodeMessage, type vicinity } from '@app/wire';
import { BLOCK_FRAMES, type InstanceId, type SessionId } from '@app/world';
import { type Audible, AUDIBILITY_TICKS, updateAudibility } from './audibility.js';
import { Listener } from './listener.js';
import { createIntakeCounts, type MixCounts } from './mix-counts.js';
import { MixEncoding } from './mix-encoding.js';
import { Person } from './person.js';
import type { MixQuality } from './quality-ladder.js';
import { Source, type SourceOptions } from './source.js';

/** Longest packet that is taken, in samples: 60 ms. */
const PACKET_FRAMES_MAX = 2_880;

export interface WorldMixOptions extends SourceOptions {
  /** Of the listeners' mixes, in bits per second. */
  bitrate: number;
  /** Of the listeners' encoders, 0 to 10. */
  complexity: number;
  /** Duration of the listeners' packets, in ms: 10, 20, 40 or 60. */
  frameMs: number;
  /** Listeners that are served. */
  listenersMax: number;
  /** How long a voice may be silent before it gives its decoder back, in ms. */
  idleMs: number;
}

/** 16-bit samples of the mix being encoded; one at a time, so one for all. */
const pcm = new Int16Array(2 * BLOCK_FRAMES);

/** What a world's sound is made with. */
export interface SoundFactory {
  codec: OpusCodec;
  createEngine(): SpatialEngine;
}

/** A source whose person has left: it fades in one tick, its tail is heard in the next, then it is removed. */
interface Leaving {
  source: Source;
  ticks: number;
}

/** The mixes for one gateway, and how many of its sessions this mixer serves. */
interface Downlink {
  batch: DownlinkBatch<vicinity.v1.IMixPacket>;
  listeners: number;
}

/** The sound of one world: everybody's voice, and the mixes of those listeners that gateways gave to this mixer. */
export class WorldMix {
  readonly intake = createIntakeCounts();
  private readonly book: RosterBook;
  private readonly people = new Map<SessionId, Person>();
  private readonly leaving: Leaving[] = [];
  private readonly downlinks = new Map<InstanceId, Downlink>();
  private readonly listening: Audible[] = [];
  private readonly encoding: MixEncoding;
  private engine: SpatialEngine | undefined;
  private listenerCount = 0;
  /** Packets sent in this tick, and their bytes. */
  private packetsOut = 0;
  private bytesOut = 0;
  /** Undefined for full quality. */
  private quality: MixQuality | undefined;

  constructor(
    private readonly instanceId: InstanceId,
    private readonly sound: SoundFactory,
    private readonly options: WorldMixOptions,
    private readonly publish: (gatewayId: InstanceId, message: Uint8Array) => void,
  ) {
    this.book = new RosterBook(instanceId, 'audio');
    this.encoding = new MixEncoding(sound.codec, options, options.listenersMax);
  }

  applyRoster(roster: vicinity.v1.SessionRoster, nowMs: number): RosterOutcome {
    const outcome = this.book.apply(roster, nowMs);
    if (outcome !== 'stale') this.seatEverybody();
    return outcome;
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
      if (!person.setPose(pose.pose ?? new Uint8Array())) this.intake.badPose++;
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
    this.adjustEngine();
  }

  /** One tick: decodes, mixes, encodes and sends. */
  tick(index: number, nowMs: number, isConnected: boolean, counts: MixCounts): void {
    if (isConnected && this.book.expire(nowMs)) this.seatEverybody();
    const { engine } = this;
    if (engine && this.listenerCount > 0) {
      if (index % AUDIBILITY_TICKS === 0) this.updateAudibility(engine);
      this.pullSources(engine, nowMs, counts);
      this.placeListeners(engine);
      engine.render();
      counts.nearPairs += engine.nearPairs;
      counts.farPairs += engine.farPairs;
      this.encodeMixes(engine, index, counts);
    }
    // Every tick, also without any mix: a listener's gateway takes silence for death.
    for (const { batch } of this.downlinks.values()) batch.flush(index, true);
  }

  /** Adds what happened to the voices since the last call, and the delays that they aim for. */
  tellStatistics(sum: PlayoutStatistics, targetsMs: number[]): void {
    for (const { source } of this.people.values()) {
      if (!source) continue;
      source.tellStatistics(sum);
      targetsMs.push(source.targetDelayMs);
    }
  }

  /** Gives everything back. */
  close(): void {
    for (const person of this.people.values()) {
      person.source?.close();
      person.listener?.close();
    }
    for (const { source } of this.leaving) source.close();
    this.people.clear();
    this.leaving.length = 0;
    this.downlinks.clear();
    this.listenerCount = 0;
  }

  private personOf(sessionId: number | null | undefined, gatewayId: InstanceId): Person | undefined {
    const person = this.people.get(sessionId ?? 0);
    return person?.seat.gatewayId === gatewayId ? person : undefined;
  }

  private takePacket(packet: vicinity.v1.ISourcePacket, gatewayId: InstanceId, nowMs: number, isTimely: boolean): void {
    const { intake } = this;
    const opus = packet.opus ?? new Uint8Array();
    intake.packets++;
    intake.bytes += opus.length;
    const person = this.personOf(packet.sessionId, gatewayId);
    if (!person) {
      intake.unknown++;
      return;
    }
    if (this.listenerCount === 0 || !person.isHeard) {
      intake.unheard++;
      return;
    }
    if (!person.hasPose) {
      intake.unplaced++;
      return;
    }
    const info = inspectOpusPacket(opus);
    if (!info || info.frames > PACKET_FRAMES_MAX) {
      intake.malformed++;
      person.source?.distrust();
      return;
    }
    // Silence does not bring a voice into being.
    if (!person.source && info.isDtx) return;
    person.source ??= this.createSource(person, nowMs);
    if (person.source) person.source.push(packet, opus, info.frames, nowMs, isTimely);
    else intake.tooMany++;
  }

  private createSource(person: Person, nowMs: number): Source | undefined {
    const slot = this.engine?.addSource() ?? NO_SLOT;
    if (slot === NO_SLOT) return undefined;
    if (person.listener) this.engine?.setOwnSource(person.listener.slot, slot);
    return new Source(slot, this.sound.codec, this.options, nowMs);
  }

  /** Brings people, listeners and downlinks in line with the rosters. */
  private seatEverybody(): void {
    for (const downlink of this.downlinks.values()) downlink.listeners = 0;
    for (const seat of this.book.seats.values()) {
      let person = this.people.get(seat.sessionId);
      if (person) person.seat = seat;
      else this.people.set(seat.sessionId, (person = new Person(seat)));
      if (seat.isListener) this.serve(person);
      else this.dismiss(person);
    }
    for (const person of this.people.values()) {
      if (!this.book.seats.has(person.seat.sessionId)) this.removePerson(person);
    }
    for (const [gatewayId, { listeners }] of this.downlinks) if (listeners === 0) this.downlinks.delete(gatewayId);
    if (this.listenerCount === 0) this.closeSources();
  }

  private serve(person: Person): void {
    this.downlinkTo(person.seat.gatewayId).listeners++;
    this.openEars(person);
  }

  private downlinkTo(gatewayId: InstanceId): Downlink {
    let downlink = this.downlinks.get(gatewayId);
    if (!downlink) {
      const send = (tick: number, packets: vicinity.v1.IMixPacket[]): void => {
        const message = { mixerId: this.instanceId, tick: tick >>> 0, packets };
        this.publish(gatewayId, encodeMessage('AudioDownlink', message));
      };
      downlink = { batch: new DownlinkBatch(({ opus }) => opus?.length ?? 0, send), listeners: 0 };
      this.downlinks.set(gatewayId, downlink);
    }
    return downlink;
  }

  /** From now on the person hears, once it is known where it is: a place that was made up would be heard as a jump. */
  private openEars(person: Person): void {
    if (person.listener || !person.hasPose) return;
    const engine = this.openEngine();
    const slot = engine.addListener();
    if (slot === NO_SLOT) {
      this.intake.tooMany++;
      return;
    }
    person.listener = new Listener(slot, this.encoding, this.options.frameMs, (tick, opus) => {
      this.send(person, tick, opus);
    });
    engine.setOwnSource(slot, person.source?.slot ?? NO_SLOT);
    this.listenerCount++;
    // Everybody may be heard until the next look says otherwise.
    for (const other of this.people.values()) other.isHeard = true;
  }

  private dismiss(person: Person): void {
    if (!person.listener) return;
    this.engine?.removeListener(person.listener.slot);
    person.listener.close();
    person.listener = undefined;
    this.listenerCount--;
  }

  private removePerson(person: Person): void {
    this.dismiss(person);
    this.people.delete(person.seat.sessionId);
    if (!person.source) return;
    person.source.leave();
    this.leaving.push({ source: person.source, ticks: 0 });
  }

  private openEngine(): SpatialEngine {
    if (!this.engine) {
      this.engine = this.sound.createEngine();
      this.adjustEngine();
    }
    return this.engine;
  }

  private adjustEngine(): void {
    const { engine, quality } = this;
    if (!engine || !quality) return;
    const farSourcesMax = Math.min(quality.farSignalsMax, engine.options.sourcesMax);
    engine.setQuality({ nearSourcesMax: quality.nearSourcesMax, farSourcesMax });
  }

  /** Nobody listens here any more, so nothing needs to fade. */
  private closeSources(): void {
    for (const person of this.people.values()) {
      if (person.source) this.removeSource(person.source);
      person.source = undefined;
    }
    for (const { source } of this.leaving) this.removeSource(source);
    this.leaving.length = 0;
  }

  private removeSource(source: Source): void {
    this.engine?.removeSource(source.slot);
    source.close();
  }

  private updateAudibility(engine: SpatialEngine): void {
    updateAudibility(this.people, engine.options.audibleDistanceM, this.listening);
  }

  private pullSources(engine: SpatialEngine, nowMs: number, counts: MixCounts): void {
    for (const person of this.people.values()) {
      const { source } = person;
      if (!source) continue;
      if (source.idleMs(nowMs) > this.options.idleMs) {
        this.removeSource(source);
        person.source = undefined;
        continue;
      }
      engine.setSourcePosition(source.slot, person.x, person.y, person.z);
      this.pull(engine, source, nowMs, counts);
    }
    for (let index = this.leaving.length - 1; index >= 0; index--) {
      const entry = this.leaving[index];
      if (entry.ticks++ < 2) {
        this.pull(engine, entry.source, nowMs, counts);
      } else {
        this.leaving.splice(index, 1);
        this.removeSource(entry.source);
      }
    }
  }

  private pull(engine: SpatialEngine, source: Source, nowMs: number, counts: MixCounts): void {
    const isSounding = source.pull(engine.input(source.slot), nowMs);
    engine.setSounding(source.slot, isSounding);
    counts.sources++;
    if (isSounding) counts.sounding++;
    if (source.isGated) counts.gated++;
  }

  private placeListeners(engine: SpatialEngine): void {
    for (const person of this.people.values()) {
      if (!person.listener) continue;
      const { x, y, z, qx, qy, qz, qw } = person;
      engine.setListenerPose(person.listener.slot, x, y, z, qx, qy, qz, qw);
    }
  }

  private send(person: Person, tick: number, opus: Uint8Array): void {
    const { gatewayId, sessionId } = person.seat;
    this.downlinks.get(gatewayId)?.batch.add(tick, { sessionId, opus });
    this.packetsOut++;
    this.bytesOut += opus.length;
  }

  private encodeMixes(engine: SpatialEngine, index: number, counts: MixCounts): void {
    const { encoding } = this;
    encoding.begin();
    for (const person of this.people.values()) {
      const { listener } = person;
      if (!listener) continue;
      counts.listeners++;
      planarToPcm16(engine.output(listener.slot), pcm);
      listener.encode(index, pcm, hashOf(pcm), engine.isSilent(listener.slot));
      if (listener.isHearing) counts.hearing++;
    }
    counts.encodesSaved += encoding.saved;
    counts.packetsOut += this.packetsOut;
    counts.bytesOut += this.bytesOut;
    this.packetsOut = 0;
    this.bytesOut = 0;
  }
}

function hashOf(samples: Int16Array): number {
  let hash = 0;
  for (let index = 0; index < samples.length; index++) hash = (Math.imul(hash, 31) + samples[index]) | 0;
  return hash;
}
