import type { Broker, BrokerStatus } from '@app/broker';
import { createSpatialEngine, type SpatialEngine } from '@app/dsp';
import { EvanOpusCodec, type OpusDecoder, type OpusEncoder } from '@app/opus';
import { SimClock } from '@app/testing';
import { decodeMessage, packPose, vicinity } from '@app/wire';
import { SOUND_FORMATS, type SoundFormat } from '@app/world';
import type { AudioMixerMetrics } from '../src/audio-mixer.metrics.js';
import { MixerActor } from '../src/mixer.actor.js';
import type { SoundFactory } from '../src/world-mix.js';

export const codec = new EvanOpusCodec();

/** Counts what the mixer counts, by metric and label. */
export class MetricLog {
  readonly values = new Map<string, number>();

  /** Metrics that write into this log. */
  readonly metrics = new Proxy({} as AudioMixerMetrics, {
    get: (_, name: string) => ({
      inc: (count = 1, labels?: object) => this.add(name, count, labels),
      set: (value: number, labels?: object) => this.values.set(keyOf(name, labels), value),
      observe: (value: number, labels?: object) => this.add(name, value, labels),
    }),
  });

  get(name: string, label?: string): number {
    return this.values.get(label ? `${name}:${label}` : name) ?? 0;
  }

  private add(name: string, count: number, labels?: object): void {
    const key = keyOf(name, labels);
    this.values.set(key, (this.values.get(key) ?? 0) + count);
  }
}

function keyOf(name: string, labels?: object): string {
  return labels ? `${name}:${Object.values(labels).join()}` : name;
}

/** Somebody in a scene: speaks a tone, and keeps what was heard. */
export interface Guest {
  sessionId: number;
  gatewayId: string;
  /** Tone of the voice; 0 for silence. */
  hz: number;
  isListener: boolean;
  /** What it sends and takes. */
  sound: SoundFormat;
  x: number;
  /** Whether its gateway knows where it is, and says so. */
  isPlaced: boolean;
  /** As mono at 48 kHz; of samples the left ears alone, at 24 kHz, and the right ones apart. */
  heard: Float32Array[];
  heardRight: Float32Array[];
  packetCount: number;
  encoder: OpusEncoder;
  decoder: OpusDecoder;
  frame: number;
}

/** A mixer with a virtual clock, and the gateways around it. */
export class MixScene {
  readonly log = new MetricLog();
  readonly published: { subject: string; data: Uint8Array }[] = [];
  readonly guests: Guest[] = [];
  /** What the mixer has warned of. */
  readonly warnings: (object | string)[] = [];
  readonly mixer: MixerActor;
  private statusListener: (status: BrokerStatus) => void = () => undefined;
  private revision = 0;
  private sequence = 0;
  private stallMs = 0;

  /**
   * @param frameMs  duration of the packets that listeners get
   * @param sound    other parts that sound is made with
   */
  constructor(
    frameMs = 20,
    sound: Partial<SoundFactory> = {},
    readonly clock = new SimClock(),
  ) {
    const broker = {
      isConnected: true,
      publish: (subject: string, data: Uint8Array) => this.receive(subject, data),
      onStatus: (listener: (status: BrokerStatus) => void) => {
        this.statusListener = listener;
        return { unsubscribe: () => undefined };
      },
    } as unknown as Broker;
    const createEngine = (): SpatialEngine =>
      createSpatialEngine({
        sourcesMax: 16,
        listenersMax: 8,
        nearSourcesMax: 4,
        attenuationCoefficient: 0.5,
        audibleDistanceM: 100,
        directivity: 0,
        zones: [],
        zonePairs: [],
      });
    this.mixer = new MixerActor(
      'me',
      broker,
      this.clock,
      { codec, createEngine, ...sound },
      {
        worlds: ['main'],
        bitrate: 64_000,
        complexity: 5,
        crowdComplexity: 0,
        frameMs,
        nearSourcesMax: 4,
        listenersMax: 8,
        idleMs: 2_000,
        jitterMsMax: 200,
        noiseGateDb: -56,
      },
      this.log.metrics,
      { warn: (fields: object | string) => this.warnings.push(fields) },
    );
    this.mixer.start();
  }

  /** Ends the mixer and gives all coders back. */
  close(): void {
    this.mixer.stop();
    for (const guest of this.guests) {
      guest.encoder.close();
      guest.decoder.close();
    }
  }

  add(fields: Partial<Guest> = {}): Guest {
    const guest: Guest = {
      sessionId: this.guests.length + 1,
      gatewayId: 'gateway-a',
      hz: 0,
      isListener: true,
      sound: 'opus-20',
      x: this.guests.length * 2,
      isPlaced: true,
      heard: [],
      heardRight: [],
      packetCount: 0,
      encoder: codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 1 }),
      decoder: codec.createDecoder(),
      frame: 0,
      ...fields,
    };
    this.guests.push(guest);
    return guest;
  }

  reconnect(): void {
    this.statusListener({ type: 'connected' });
  }

  /** Publishes the rosters of all gateways as they are now. */
  tellRosters(): void {
    this.revision++;
    for (const gatewayId of new Set(['gateway-a', ...this.guests.map((guest) => guest.gatewayId)])) {
      const sessions = this.guests
        .filter((guest) => guest.gatewayId === gatewayId)
        .map(({ sessionId, isListener, sound }) => ({
          sessionId,
          audioMixer: isListener ? 2 : 1,
          sound: SOUND_FORMATS.indexOf(sound),
        }));
      this.mixer.handleRoster(
        'main',
        vicinity.v1.SessionRoster.create({
          gatewayId,
          gatewayEpochMs: 1,
          revision: this.revision,
          audioMixers: ['other', 'me'],
          sessions,
        }),
      );
    }
  }

  /** Lets `durationMs` pass: everybody speaks every 20 ms, rosters are told every second. */
  run(durationMs: number): void {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 20) {
      if (this.sequence % 50 === 0) this.tellRosters();
      this.clock.advance(15);
      for (const guest of this.guests) this.speak(guest);
      this.sequence++;
      this.clock.advance(5);
    }
  }

  /** Lets one tick take this long; everybody is silent meanwhile, and for as long again. */
  stall(durationMs: number): void {
    this.stallMs = durationMs;
    this.clock.advance(2 * durationMs);
  }

  private speak(guest: Guest): void {
    const pose = packPose({ position: { x: guest.x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
    const packets: vicinity.v1.ISourcePacket[] = [];
    if (guest.hz > 0 && guest.sound === 'pcm24-10') packets.push(...this.samplesOf(guest));
    else if (guest.hz > 0) {
      const samples = Int16Array.from({ length: 960 }, (_, n) => {
        return 8_000 * Math.sin((2 * Math.PI * guest.hz * (guest.frame + n)) / 48_000);
      });
      packets.push({
        sessionId: guest.sessionId,
        sequence: this.sequence & 0xffff,
        timestamp: (this.sequence * 960) >>> 0,
        opus: guest.encoder.encode(samples),
      });
    }
    guest.frame += 960;
    const poses = guest.isPlaced ? [{ sessionId: guest.sessionId, pose }] : [];
    this.mixer.handleUplink('main', vicinity.v1.AudioUplink.create({ gatewayId: guest.gatewayId, packets, poses }));
  }

  private samplesOf({ sessionId, hz, frame }: Guest): vicinity.v1.ISourcePacket[] {
    return [0, 1].map((half) => {
      const samples = Int16Array.from({ length: 240 }, (_, n) => {
        return 8_000 * Math.sin((2 * Math.PI * hz * (frame + 480 * half + 2 * n)) / 48_000);
      });
      return {
        sessionId,
        sequence: (2 * this.sequence + half) & 0xffff,
        timestamp: (this.sequence * 960 + 480 * half) >>> 0,
        pcm: new Uint8Array(samples.buffer),
      };
    });
  }

  private receive(subject: string, data: Uint8Array): void {
    this.published.push({ subject, data });
    if (!subject.includes('.audio.down.')) return;
    const { stallMs } = this;
    this.stallMs = 0;
    if (stallMs > 0) this.clock.advance(stallMs);
    const downlink = decodeMessage('AudioDownlink', data);
    for (const packet of downlink.packets) {
      const guest = this.guests.find(({ sessionId }) => sessionId === packet.sessionId);
      const opus = packet.opus ?? new Uint8Array();
      if (!guest) continue;
      if (packet.pcm && packet.pcm.length > 0) {
        takeSamples(guest, packet.pcm);
        continue;
      }
      const block = new Float32Array(2_880);
      const frames = guest.decoder.decode(opus, opus.length, block, 0);
      guest.heard.push(block.subarray(0, frames));
      guest.packetCount++;
    }
  }
}

function takeSamples(guest: Guest, pcm: Uint8Array): void {
  const samples = new Int16Array(pcm.slice().buffer);
  const ear = (first: number): Float32Array =>
    Float32Array.from({ length: samples.length / 2 }, (_, n) => samples[2 * n + first] / 32_768);
  guest.heard.push(ear(0));
  guest.heardRight.push(ear(1));
  guest.packetCount++;
}

/** Amplitude of a tone in what was heard in the last `blocks` blocks. */
export function amplitudeOf(heard: readonly Float32Array[], hz: number, blocks = 25, rateHz = 48_000): number {
  let real = 0;
  let imaginary = 0;
  let count = 0;
  for (const block of heard.slice(-blocks)) {
    for (const sample of block) {
      real += sample * Math.cos((2 * Math.PI * hz * count) / rateHz);
      imaginary += sample * Math.sin((2 * Math.PI * hz * count) / rateHz);
      count++;
    }
  }
  return count === 0 ? 0 : (2 * Math.hypot(real, imaginary)) / count;
}
