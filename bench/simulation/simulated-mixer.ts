import { type Broker, subjectOf } from '@app/broker';
import type { Clock } from '@app/clock';
import { createSpatialEngine, NO_SLOT, type SpatialEngine } from '@app/dsp';
import { silentLogger } from '@app/runtime';
import { decodeMessage } from '@app/wire';
import type { AudioMixerMetrics } from '../../apps/audio-mixer/src/audio-mixer.metrics.js';
import { MixerActor } from '../../apps/audio-mixer/src/mixer.actor.js';
import type { CountingCodec } from './counting-codec.js';

const WORLD = 'main';
/** How long a silent voice keeps its decoder, in ms; shorter than the product's, so that more of them come and go. */
const IDLE_MS = 3_000;

/** Who can be here at the same time. */
export const SOURCES_MAX = 160;
/** Listeners that a simulated mixer has room for. */
export const LISTENERS_MAX = 128;

const OPTIONS = {
  worlds: [WORLD],
  bitrate: 64_000,
  complexity: 5,
  crowdComplexity: 0,
  frameMs: 20,
  nearSourcesMax: 16,
  listenersMax: LISTENERS_MAX,
  idleMs: IDLE_MS,
  jitterMsMax: 200,
  noiseGateDb: -56,
};

/** The real mixer on a virtual clock and a broker in memory. */
export class SimulatedMixer {
  /** Newest values, or sums, of the mixer's metrics by name. */
  readonly metrics = new Map<string, number>();
  private readonly actor: MixerActor;
  private engine: SpatialEngine | undefined;

  constructor(
    readonly instanceId: string,
    broker: Broker,
    clock: Clock,
    readonly codec: CountingCodec,
  ) {
    this.actor = new MixerActor(
      instanceId,
      broker,
      clock,
      { codec, createEngine: () => (this.engine = createEngine()) },
      OPTIONS,
      metricsInto(this.metrics),
      silentLogger,
      () => undefined,
      // Time stands still within a tick, so there is no load to be measured either.
      () => 0,
    );
    broker.subscribe(subjectOf('roster', { world: WORLD }), ({ data }) =>
      this.actor.handleRoster(WORLD, decodeMessage('SessionRoster', data)),
    );
    broker.subscribe(subjectOf('audioUp', { world: WORLD }), ({ data }) =>
      this.actor.handleUplink(WORLD, decodeMessage('AudioUplink', data)),
    );
  }

  start(): void {
    this.actor.start();
  }

  stop(): void {
    this.actor.stop();
  }

  /** Whether every sample of the mix in this slot is a number. */
  isFinite(slot: number): boolean {
    return !this.engine || this.engine.mix(slot % LISTENERS_MAX).every(Number.isFinite);
  }

  /** Takes all slots of the engine, to see how many were free. The mixer cannot be used afterwards. */
  countFreeSlots(): { sources: number; listeners: number } {
    const count = { sources: 0, listeners: 0 };
    while (this.engine && this.engine.addSource() !== NO_SLOT) count.sources++;
    while (this.engine && this.engine.addListener() !== NO_SLOT) count.listeners++;
    return count;
  }
}

function createEngine(): SpatialEngine {
  return createSpatialEngine({
    sourcesMax: SOURCES_MAX,
    listenersMax: LISTENERS_MAX,
    nearSourcesMax: 16,
    attenuationCoefficient: 0.5,
    audibleDistanceM: 100,
    directivity: 0.5,
    zones: [],
    zonePairs: [],
  });
}

/** Metrics that keep one number each; labels are left out. */
function metricsInto(values: Map<string, number>): AudioMixerMetrics {
  const kept = new Map<string, object>();
  const metric = (name: string): object => ({
    inc: (count = 1) => void values.set(name, (values.get(name) ?? 0) + count),
    set: (value: number) => void values.set(name, value),
    observe: () => undefined,
  });
  return new Proxy({} as AudioMixerMetrics, {
    get: (_, name: string) => {
      let found = kept.get(name);
      if (!found) kept.set(name, (found = metric(name)));
      return found;
    },
  });
}
