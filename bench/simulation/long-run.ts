import { MemoryBus } from '@app/broker';
import type { OpusCodec } from '@app/opus';
import { SeededRandom, SimClock } from '@app/testing';
import { setImmediate } from 'node:timers/promises';
import { CountingCodec, PACKET_HEADER } from './counting-codec.js';
import { type MemoryReading, readMemory } from './memory-watch.js';
import { SimulatedGateway } from './simulated-gateway.js';
import { LISTENERS_MAX, SimulatedMixer } from './simulated-mixer.js';
import { type Person, Visitor } from './visitor.js';

const STEP_MS = 10;
const MINUTE_MS = 60_000;
const GATEWAYS = ['gateway-a', 'gateway-b'] as const;
const MIXER_ID = 'audio-mixer-0';
/** How often it is looked whether everybody gets their mix. */
const LOOK_MS = 200;
/** Somebody this near who has been talking for so long must be heard by everybody who has been here for so long. */
const NEAR_M = 30;
const SETTLED_MS = 1_000;
/** Mixes of a look: one every 20 ms; the look and the tick need not begin together. */
const MIXES_MIN = LOOK_MS / 20 - 1;
/** Until then everybody's tail has been heard and all decoders have been given back. */
const FAREWELL_MS = 10_000;

/** Who comes, for how long, and over what network. */
export interface LongRunOptions {
  seed: number;
  people: number;
  minutes: number;
  /** So much of each minute people may talk, from its beginning; a short time makes a cheap minute. In ms. */
  talkMsPerMinute: number;
  /** Share of packets that the network loses. */
  loss: number;
  jitterMs: number;
  /** The real codec and real voices; without it a cheap stand-in. */
  codec?: OpusCodec;
  voices?: readonly Uint8Array[][];
  /** Minutes between two looks at the memory. */
  memoryEveryMinutes: number;
  onMinute?: (minute: number, memory: MemoryReading | undefined) => void;
}

/** What was seen. */
export interface LongRunReport {
  visits: number;
  /** Looks at a listener with somebody talking nearby, and those in which mixes were missing. */
  looks: number;
  starvedLooks: number;
  /** Mixes with a sample that is no number. */
  brokenMixes: number;
  mixesMade: number;
  packetsDecoded: number;
  failedTicks: number;
  memory: { minute: number; reading: MemoryReading }[];
  /** After everybody has left. */
  atTheEnd: { listeners: number; sources: number; decoders: number; encoders: number };
  freeSlots: { sources: number; listeners: number };
}

/** Lets people come, go, walk and talk for hours of a virtual clock, with the real mixer on a broker in memory. */
export class LongRun {
  private readonly clock = new SimClock();
  private readonly codec: CountingCodec;
  private readonly mixer: SimulatedMixer;
  private readonly gateways: SimulatedGateway[];
  private readonly visitors: Visitor[];
  private readonly mixesBefore: Int32Array;
  private sessions = 0;
  private looks = 0;
  private starvedLooks = 0;
  private brokenMixes = 0;

  constructor(private readonly options: LongRunOptions) {
    const random = new SeededRandom(options.seed);
    const bus = new MemoryBus({ clock: this.clock });
    this.codec = new CountingCodec(options.codec);
    this.mixer = new SimulatedMixer(MIXER_ID, bus.connect(), this.clock, this.codec);
    this.visitors = Array.from({ length: options.people }, () => new Visitor(random, () => ++this.sessions));
    this.mixesBefore = new Int32Array(options.people);
    this.gateways = GATEWAYS.map((gatewayId, index) => {
      const visitors = this.visitors.filter((_, place) => place % GATEWAYS.length === index);
      return new SimulatedGateway(bus.connect(), random, visitors, {
        gatewayId,
        stepMs: STEP_MS,
        mixerIds: [MIXER_ID],
        mixerOf: () => MIXER_ID,
        loss: options.loss,
        jitterMs: options.jitterMs,
        voice: this.voiceOf(options.voices),
      });
    });
  }

  async run(): Promise<LongRunReport> {
    const { options, mixer, codec } = this;
    const memory: LongRunReport['memory'] = [];
    mixer.start();
    for (let minute = 1; minute <= options.minutes; minute++) {
      await this.pass(MINUTE_MS);
      const reading = minute % options.memoryEveryMinutes === 0 ? readMemory() : undefined;
      if (reading) memory.push({ minute, reading });
      options.onMinute?.(minute, reading);
    }
    this.everybodyLeaves();
    await this.pass(FAREWELL_MS);
    const of = (name: string): number => mixer.metrics.get(name) ?? 0;
    const report = {
      visits: this.sessions,
      looks: this.looks,
      starvedLooks: this.starvedLooks,
      brokenMixes: this.brokenMixes,
      mixesMade: codec.counts.encoded,
      packetsDecoded: codec.counts.decoded,
      failedTicks: of('failedTicks'),
      memory,
      atTheEnd: { listeners: of('listeners'), sources: of('sources'), ...this.openCoders() },
      freeSlots: mixer.countFreeSlots(),
    };
    mixer.stop();
    return report;
  }

  private openCoders(): { decoders: number; encoders: number } {
    const { decoders, encoders } = this.codec.counts;
    return { decoders, encoders };
  }

  private async pass(durationMs: number): Promise<void> {
    const { clock } = this;
    for (const endMs = clock.nowMs() + durationMs; clock.nowMs() < endMs;) {
      clock.advance(STEP_MS);
      const nowMs = clock.nowMs();
      const canTalk = nowMs % MINUTE_MS < this.options.talkMsPerMinute;
      for (const gateway of this.gateways) gateway.step(nowMs, canTalk);
      // What was published travels, and so does what it makes others publish.
      await setImmediate();
      if (nowMs % LOOK_MS === 0) this.look(nowMs);
    }
  }

  private everybodyLeaves(): void {
    const nowMs = this.clock.nowMs();
    this.visitors.forEach((visitor, place) => {
      const { sessionId } = visitor;
      visitor.leaveForGood(nowMs);
      this.gateways[place % GATEWAYS.length].seat(visitor, sessionId, nowMs);
    });
  }

  /** Whoever has had somebody talking nearby since the last look must have got every mix since then. */
  private look(nowMs: number): void {
    if (!this.mixer.isFinite((nowMs / LOOK_MS) % LISTENERS_MAX)) this.brokenMixes++;
    const talksSinceMs = nowMs - (nowMs % MINUTE_MS);
    const canTalk = nowMs - talksSinceMs < this.options.talkMsPerMinute && nowMs - talksSinceMs >= SETTLED_MS;
    this.visitors.forEach((visitor, place) => {
      const received = visitor.mixes - this.mixesBefore[place];
      this.mixesBefore[place] = visitor.mixes;
      if (!canTalk || !this.mustHear(visitor, nowMs)) return;
      this.looks++;
      if (received < MIXES_MIN) this.starvedLooks++;
    });
  }

  private mustHear(listener: Visitor, nowMs: number): boolean {
    if (listener.hereSinceMs === undefined || nowMs - listener.hereSinceMs < SETTLED_MS) return false;
    return this.visitors.some(({ talkingSinceMs, x, z, ...other }, place) => {
      if (talkingSinceMs === undefined || nowMs - talkingSinceMs < SETTLED_MS) return false;
      if (other.hereSinceMs === undefined || nowMs - other.hereSinceMs < SETTLED_MS) return false;
      return this.visitors[place] !== listener && Math.hypot(x - listener.x, z - listener.z) < NEAR_M;
    });
  }

  private voiceOf(voices: readonly Uint8Array[][] | undefined): (person: Person) => Uint8Array {
    const cheap = Uint8Array.of(PACKET_HEADER, 1, 2, 3);
    if (!voices) return () => cheap;
    return ({ sessionId, sequence }) => {
      const voice = voices[sessionId % voices.length];
      return voice[(sessionId * 37 + sequence) % voice.length];
    };
  }
}
