import type { Broker } from '@app/broker';
import { processCpuMs } from '@app/clock';
import { type AudioZone, createSpatialEngine, type SpatialEngine, type ZonePair } from '@app/dsp';
import { EvanOpusCodec, inspectOpusPacket, type OpusDecoder } from '@app/opus';
import { type SeededRandom, SimClock } from '@app/testing';
import { decodeMessage, type HearingWishes, NO_WISHES, packHearingWishes, packPose, vicinity } from '@app/wire';
import { MixerActor } from '../src/mixer.actor.js';
import { MetricLog } from './mix-scene.js';

const TICK_MS = 20;
const FRAMES = 960;
/** Packets of a prepared tone: half a second, in which every tone of a multiple of 10 Hz comes round. */
const LOOP = 25;
/** Mixes whose every sample is looked at. */
const CHECKED_MAX = 4;
const codec = new EvanOpusCodec();
const loops = new Map<string, Uint8Array[]>();

/** What a person says in one tick: any bytes under any numbers, as often as it likes. */
export interface Said {
  opus: Uint8Array;
  sequence: number;
  timestamp: number;
}

/** What somebody does in a tick. Everything is up to them. */
export interface Player {
  readonly sessionId: number;
  /** Packets of the tick; `index` counts ticks. */
  speak?: (index: number) => Said[];
  /** Poses of the tick as they go over the wire. */
  stand: (index: number) => Uint8Array[];
  /** New wishes; undefined leaves them as they were. */
  wish?: (index: number) => Partial<HearingWishes> | undefined;
  /** Whether its mixes are decoded. */
  isObserved?: boolean;
}

/** A packed pose that looks ahead. */
export function poseAt(x: number, y: number, z: number): Uint8Array {
  return packPose({ position: { x, y, z }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
}

/** Packets of an endless tone, one for each tick. */
export function tone(hz: number, amplitude = 0.25): (index: number) => Said[] {
  const packets = toneLoop(hz, amplitude);
  return (index) => [inOrder(index, packets[index % LOOP])];
}

export function inOrder(index: number, opus: Uint8Array): Said {
  return { opus, sequence: index & 0xffff, timestamp: (index * FRAMES) >>> 0 };
}

function toneLoop(hz: number, amplitude: number): Uint8Array[] {
  const key = `${hz} ${amplitude}`;
  let loop = loops.get(key);
  if (!loop) {
    const encoder = codec.createEncoder({ channels: 1, bitrate: 48_000, complexity: 2 });
    loop = Array.from({ length: 2 * LOOP }, (_, index) =>
      encoder.encode(
        Int16Array.from({ length: FRAMES }, (_, n) => {
          return 32_767 * amplitude * Math.sin((2 * Math.PI * hz * (index * FRAMES + n)) / 48_000);
        }),
      ),
    ).slice(LOOP);
    encoder.close();
    loops.set(key, loop);
  }
  return loop;
}

/** Random bytes. */
export function garbage(random: SeededRandom, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.nextInteger(0, 255));
}

/** Random bytes that are a well-formed Opus packet of at most 60 ms. */
export function wellFormedGarbage(random: SeededRandom): Uint8Array {
  for (;;) {
    const bytes = garbage(random, random.nextInteger(3, 400));
    const info = inspectOpusPacket(bytes);
    if (info && info.frames <= 2_880) return bytes;
  }
}

/** A mixer with a virtual clock, full of people who may do anything. */
export class HostileScene {
  readonly clock = new SimClock();
  readonly log = new MetricLog();
  readonly mixer: MixerActor;
  /** What those hear who are observed, both ears mixed together, block by block. */
  readonly heard = new Map<number, Float32Array[]>();
  /** Processor time of each tick, in ms. */
  readonly tickMs: number[] = [];
  /** Whether every sample of the first mixes has been a number in [-1, 1]. */
  isWithinRange = true;
  private readonly players: Player[] = [];
  private engine: SpatialEngine | undefined;
  private readonly decoders = new Map<number, OpusDecoder>();
  private index = 0;
  private revision = 0;

  constructor(
    private readonly sizeMax = 512,
    zones: AudioZone[] = [],
    zonePairs: ZonePair[] = [],
  ) {
    const broker = {
      isConnected: true,
      publish: (subject: string, data: Uint8Array) => this.receive(subject, data),
      onStatus: () => ({ unsubscribe: () => undefined }),
    } as unknown as Broker;
    const options = {
      worlds: ['main'],
      bitrate: 64_000,
      complexity: 0,
      crowdComplexity: 0,
      frameMs: 20,
      nearSourcesMax: 16,
      listenersMax: sizeMax,
      idleMs: 2_000,
      jitterMsMax: 200,
      noiseGateDb: -56,
    };
    const createEngine = (): SpatialEngine =>
      (this.engine = createSpatialEngine({
        sourcesMax: sizeMax,
        listenersMax: sizeMax,
        nearSourcesMax: 16,
        attenuationCoefficient: 0.5,
        audibleDistanceM: 100,
        directivity: 0,
        zones,
        zonePairs,
      }));
    const notice = { warn: () => undefined };
    const noLoad = (): undefined => undefined;
    this.mixer = new MixerActor(
      'me',
      broker,
      this.clock,
      { codec, createEngine },
      options,
      this.log.metrics,
      notice,
      noLoad,
      () => 0,
    );
    this.mixer.start();
  }

  add(player: Omit<Player, 'sessionId'>): number {
    const sessionId = this.players.length + 1;
    this.players.push({ sessionId, ...player });
    if (player.isObserved) {
      this.heard.set(sessionId, []);
      this.decoders.set(sessionId, codec.createDecoder());
    }
    return sessionId;
  }

  /** Plays so many ticks. */
  run(ticks: number): void {
    for (let count = 0; count < ticks; count++) {
      if (this.index % 50 === 0) this.tellRoster();
      this.clock.advance(13);
      const uplink = this.uplink();
      const table = this.table();
      const begin = processCpuMs();
      if (table) this.mixer.handleHearing('main', table);
      this.mixer.handleUplink('main', uplink);
      this.clock.advance(TICK_MS - 13);
      this.tickMs.push(processCpuMs() - begin);
      this.index++;
      this.checkRange();
    }
  }

  close(): void {
    this.mixer.stop();
    for (const decoder of this.decoders.values()) decoder.close();
  }

  /** Ticks that ended with an error. */
  get failedTicks(): number {
    return this.log.get('failedTicks');
  }

  private checkRange(): void {
    const count = Math.min(this.sizeMax, this.players.length, CHECKED_MAX);
    for (let slot = 0; this.engine && slot < count; slot++) {
      const mix = this.engine.mix(slot);
      // Not a number is no less than 1 either.
      for (let n = 0; n < mix.length; n++) if (!(Math.abs(mix[n]) <= 1)) this.isWithinRange = false;
    }
  }

  private uplink(): vicinity.v1.AudioUplink {
    const packets: vicinity.v1.ISourcePacket[] = [];
    const poses: vicinity.v1.IEarPose[] = [];
    for (const { sessionId, speak, stand } of this.players) {
      for (const said of speak?.(this.index) ?? []) packets.push({ sessionId, ...said });
      for (const pose of stand(this.index)) poses.push({ sessionId, pose });
    }
    return vicinity.v1.AudioUplink.create({ gatewayId: 'gateway-a', packets, poses });
  }

  private table(): vicinity.v1.HearingTable | undefined {
    const entries: vicinity.v1.IHearingEntry[] = [];
    for (const { sessionId, wish } of this.players) {
      const wishes = wish?.(this.index);
      if (wishes) entries.push({ sessionId, wishes: packHearingWishes({ ...NO_WISHES, ...wishes }) });
    }
    return entries.length > 0 ? vicinity.v1.HearingTable.create({ gatewayId: 'gateway-a', entries }) : undefined;
  }

  private tellRoster(): void {
    const sessions = this.players.map(({ sessionId }) => ({ sessionId, audioMixer: 1 }));
    const roster = {
      gatewayId: 'gateway-a',
      gatewayEpochMs: 1,
      revision: ++this.revision,
      audioMixers: ['me'],
      sessions,
    };
    this.mixer.handleRoster('main', vicinity.v1.SessionRoster.create(roster));
  }

  private receive(subject: string, data: Uint8Array): void {
    if (!subject.includes('.audio.down.')) return;
    for (const { sessionId, opus } of decodeMessage('AudioDownlink', data).packets) {
      const decoder = this.decoders.get(sessionId ?? 0);
      if (!decoder || !opus) continue;
      const block = new Float32Array(2_880);
      const frames = decoder.decode(opus, opus.length, block, 0);
      this.heard.get(sessionId ?? 0)?.push(block.subarray(0, frames));
    }
  }
}
