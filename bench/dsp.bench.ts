import { BLOCK_FRAMES } from '@app/world';
import { WasmPlanRenderer } from '@app/dsp';
import { KERNELS_BASE64 } from '../libs/dsp/src/generated/kernels.js';
import { BASIS_COUNT, MixMemory } from '../libs/dsp/src/mix/mix-memory.js';
import type { PlanRenderer } from '../libs/dsp/src/mix/plan-renderer.js';
import { ReferencePlanRenderer } from '../libs/dsp/src/mix/reference-plan-renderer.js';
import { reverbParameters } from '../libs/dsp/src/mix/reverb-parameters.js';
import { wasm } from '../libs/dsp/src/mix/web-assembly.js';
import { type BenchReport, describeMachine, describeVersions, type Figure, quantile } from './bench-report.js';
import { type RenderScene, writeScene } from './render-scene.js';
import { seeded } from '../apps/cli/src/bots/speech-synthesis.js';

/** People who talk, as at N = 100. */
const SOURCES = 100;
const LISTENERS = 32;
const BINS = 18;
/** 84 far voices, each between two or three directions. */
const ENTRIES = 200;
const NEAR_SOURCES = 16;
/** What near and far field together may cost for one listener at N = 100, if a core is to carry 150. */
const TARGET_US = 35;
/** Of so many runs the time of the fastest quarter's slowest counts: others share the machine. */
const RUNS = 31;

/** `npm run bench -- dsp [--quick]` */
export function run(args: string[]): BenchReport {
  const unknown = args.find((arg) => arg !== '--quick');
  if (unknown) throw new Error(`The benchmark of the kernels does not know the option ${unknown}.`);
  const bench = new KernelBench(args.includes('--quick') ? 5 : RUNS);
  bench.measureParts();
  bench.measureWhole();
  return {
    bench: 'dsp',
    machine: describeMachine(),
    versions: describeVersions(),
    conditions: {
      listener: `${NEAR_SOURCES} near of ${SOURCES} sources; ${ENTRIES} entries in ${BINS} bins; ${BLOCK_FRAMES} frames`,
      'multiply-add of 4 samples, ns': bench.multiplyNs.toFixed(3),
      bound: 'the multiplications of a kernel at that rate, without reading or writing memory',
      twin: 'ReferencePlanRenderer: the same orders in plain TypeScript with 64-bit floats',
    },
    figures: bench.figures,
  };
}

/** Time of a part of the work for one listener, in µs. */
type Measure = (renderer: PlanRenderer, runs: number) => number;

class KernelBench {
  readonly figures: Figure[] = [];
  readonly multiplyNs: number;
  private readonly memory = makeMemory();
  private readonly kernels = new WasmPlanRenderer(this.memory);
  private readonly twin = new ReferencePlanRenderer(this.memory);

  constructor(private readonly runs: number) {
    this.multiplyNs = measureMultiply(runs);
  }

  /** Each kernel, with the multiplications of vectors that it takes for four frames. */
  measureParts(): void {
    this.compare('filter_source', 9, (renderer, runs) => measureFilters(this.memory, renderer, runs));
    this.compare('listener_rest', 11, (renderer, runs) => this.measure(renderer, {}, runs));
    for (const moves of [false, true]) {
      const suffix = moves ? 'moving' : 'steady';
      const few = { bins: BINS, entries: 4 * BINS, moves };
      this.compareGrowth(`far_entry.${suffix}`, 1, few, { ...few, entries: 12 * BINS }, 8 * BINS);
      this.compareGrowth(`far_bin.${suffix}`, moves ? 7 : 5, {}, { bins: BINS, moves }, BINS);
      this.compareGrowth(`near_source.${suffix}`, 2 * BASIS_COUNT + 1, {}, { near: NEAR_SOURCES, moves }, NEAR_SOURCES);
    }
    this.compareGrowth('reverb', 44, { near: 1 }, { near: 1, hasReverb: true }, 1);
  }

  /** All that a listener gets at N = 100. */
  measureWhole(): void {
    for (const moves of [false, true]) {
      const scene = { bins: BINS, entries: ENTRIES, near: NEAR_SOURCES, moves };
      const value = this.measure(this.kernels, scene, this.runs);
      this.figures.push({ name: `dsp.listener.${moves ? 'moving' : 'steady'}`, value, unit: 'µs', target: TARGET_US });
    }
  }

  /** What `count` more of something take. */
  private compareGrowth(name: string, multiplies: number, less: RenderScene, more: RenderScene, count: number): void {
    this.compare(name, multiplies, (renderer, runs) => {
      return (this.measure(renderer, more, runs) - this.measure(renderer, less, runs)) / count;
    });
  }

  private compare(name: string, multiplies: number, measure: Measure): void {
    const unit = 'µs';
    const bound = (multiplies * (BLOCK_FRAMES / 4) * this.multiplyNs) / 1_000;
    this.figures.push(
      { name: `dsp.${name}`, value: measure(this.kernels, this.runs), unit },
      { name: `dsp.${name}.bound`, value: bound, unit },
      { name: `dsp.${name}.twin`, value: measure(this.twin, 3), unit },
    );
  }

  private measure(renderer: PlanRenderer, scene: RenderScene, runs: number): number {
    writeScene(this.memory, LISTENERS, SOURCES, scene);
    return quietUs(() => renderer.mixListeners(LISTENERS), runs) / LISTENERS;
  }
}

function makeMemory(): MixMemory {
  const memory = new MixMemory({
    sourcesMax: SOURCES,
    bedsMax: 1,
    listenersMax: LISTENERS,
    reverbsMax: LISTENERS,
  });
  const chance = seeded(1);
  for (let source = 0; source < SOURCES; source++) {
    memory.input(source).forEach((_, frame, input) => (input[frame] = 0.02 * (chance() - 0.5)));
  }
  for (let reverb = 0; reverb < LISTENERS; reverb++) memory.reverbParameters.set(reverbParameters(1), 16 * reverb);
  return memory;
}

/** Best time of one multiplication and addition of vectors, in ns. */
function measureMultiply(runs: number): number {
  const { exports } = new wasm.Instance(new wasm.Module(Buffer.from(KERNELS_BASE64, 'base64')), {
    env: { memory: new wasm.Memory({ initial: 1, maximum: 1 }) },
  });
  const multiplyAndAdd = exports.multiplyAndAdd as (rounds: number) => number;
  const rounds = 20_000;
  return (1_000 * quietUs(() => multiplyAndAdd(rounds), runs)) / (12 * rounds);
}

function measureFilters(memory: MixMemory, renderer: PlanRenderer, runs: number): number {
  for (let source = 0; source < SOURCES; source++) memory.planInts.set([source, 0], 2 * source);
  return quietUs(() => renderer.filterSources(SOURCES), runs) / SOURCES;
}

/** How long work takes in an undisturbed run, after some runs that let the compiler do its work, in µs. */
function quietUs(work: () => void, runs: number): number {
  for (let count = 0; count < Math.min(runs, 10); count++) work();
  const times = Array.from({ length: runs }, () => {
    const begin = performance.now();
    work();
    return 1_000 * (performance.now() - begin);
  });
  return quantile(
    times.sort((a, b) => a - b),
    0.25,
  );
}
