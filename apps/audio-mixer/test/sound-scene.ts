import { assetStoreSettings, openBlobStore } from '@app/assets';
import { MemoryBroker, MemoryBus } from '@app/broker';
import { createSpatialEngine, type SpatialEngine, type SpatialEngineOptions } from '@app/dsp';
import { loadSettings } from '@app/settings';
import { SimClock } from '@app/testing';
import { decodeMessage, encodeMessage, type vicinity } from '@app/wire';
import { BLOCK_FRAMES } from '@app/world';
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { AssetFiles } from '../src/injector/asset-files.js';
import { decodeSound } from '../src/injector/decode/decode-sound.js';
import { DomainSoundFiles } from '../src/injector/sound-files.js';
import { SoundShelf } from '../src/injector/sound-shelf.js';
import { MixScene } from './mix-scene.js';

type SoundFields = vicinity.v1.EntitySound.$Properties;
type TableFields = vicinity.v1.EntitySoundTable.$Properties;

const STORE = loadSettings(assetStoreSettings, { flags: [], variables: {} });

/** A mixer that plays files of a domain, and what its listeners hear. */
export class SoundScene {
  readonly bus = new MemoryBus();
  readonly broker = new MemoryBroker(this.bus);
  readonly outcomes: string[] = [];
  readonly shelf: SoundShelf;
  readonly mix: MixScene;
  engine!: SpatialEngine;
  private sequence = 0;

  constructor(
    options: Partial<SpatialEngineOptions> & { soundsMax?: number; memoryBytes?: number } = {},
    readonly clock = new SimClock(),
  ) {
    const { soundsMax = 4, memoryBytes = 100_000_000, ...engineOptions } = options;
    this.shelf = new SoundShelf(
      new DomainSoundFiles(new AssetFiles(this.broker, () => openBlobStore(STORE, this.broker)), undefined),
      { decode: (bytes) => decodeSound(bytes, 600), close: () => undefined },
      clock,
      memoryBytes,
      (outcome) => this.outcomes.push(outcome),
    );
    const createEngine = (): SpatialEngine =>
      (this.engine = createSpatialEngine({
        sourcesMax: 8 + soundsMax + 1,
        listenersMax: 4,
        nearSourcesMax: 4,
        attenuationCoefficient: 0.5,
        audibleDistanceM: 100,
        directivity: 0,
        zones: [],
        zonePairs: [],
        ...engineOptions,
      }));
    this.mix = new MixScene(20, { createEngine, shelf: this.shelf, soundsMax }, clock);
  }

  /** Uploads a file; returns its address. */
  async upload(bytes: Uint8Array): Promise<string> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    await (await this.broker.objectStore('VW_ASSETS')).put(hash, bytes);
    return `/assets/${hash}.wav`;
  }

  /** A sound of a table; it began when the clock stood at 0 unless told otherwise. */
  sound(url: string, fields: SoundFields = {}): SoundFields {
    const startedAtMs = this.clock.wallMs() - this.clock.nowMs();
    return { id: new Uint8Array(16).fill(1), url, volume: 1, loop: true, startedAtMs, ...fields };
  }

  /** What an entity-server would say now. */
  tell(table: TableFields): void {
    const bytes = encodeMessage('EntitySoundTable', { sequence: ++this.sequence, ...table });
    this.mix.mixer.handleSounds('main', decodeMessage('EntitySoundTable', bytes));
  }

  /** Lets time pass until everything that is wanted has been loaded. */
  async settle(): Promise<void> {
    for (let round = 0; round < 40; round++) {
      this.mix.run(20);
      await setImmediate();
      await setImmediate();
    }
  }

  /** Lets so many blocks pass; returns what a listener (a slot) hears in them, the left ear and the right one. */
  listen(blocks: number, listener = 0): { left: Float32Array; right: Float32Array } {
    const left = new Float32Array(blocks * BLOCK_FRAMES);
    const right = new Float32Array(blocks * BLOCK_FRAMES);
    for (let block = 0; block < blocks; block++) {
      this.mix.run(20);
      left.set(this.engine.mix(listener).subarray(0, BLOCK_FRAMES), block * BLOCK_FRAMES);
      right.set(this.engine.mix(listener).subarray(BLOCK_FRAMES), block * BLOCK_FRAMES);
    }
    return { left, right };
  }

  close(): void {
    this.mix.close();
  }
}

/** Root of the mean of squares. */
export function loudnessOf(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** Largest bend from one sample to the next: a click, in what is smooth otherwise. */
export function bendOf(samples: Float32Array): number {
  let worst = 0;
  for (let n = 2; n < samples.length; n++) {
    worst = Math.max(worst, Math.abs(samples[n] - 2 * samples[n - 1] + samples[n - 2]));
  }
  return worst;
}
