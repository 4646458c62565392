/**
 * The audio mixer, started as its own main.ts does, with two differences: its clock can be slowed down by the benchmark
 * that is its parent, and the time in the phases of its work is added up.
 */
import * as dsp from '@app/dsp';
import { EvanOpusCodec } from '@app/opus';
import { runRole } from '@app/runtime';
import { AudioMixerModule } from '../apps/audio-mixer/src/audio-mixer.module.js';
import { audioMixerSettings } from '../apps/audio-mixer/src/audio-mixer.settings.js';
import type { MixerAnswer, MixerOrder } from './mixer-process.js';
import { PhaseClock } from './phase-clock.js';
import { SlowClock, SlowMotion } from './slow-motion.js';

const phases = new PhaseClock();
const clock = new SlowClock();
const cpu = slowCpuUsage();
watchCodec();
watchEngine();
process.on('message', (order: MixerOrder) => {
  if (order.kind === 'slow-down') {
    clock.slowDown(order.factor);
    cpu.slowDown(order.factor);
  }
  const answer: MixerAnswer = { id: order.id, phases: phases.read() };
  process.send?.(answer);
});
await runRole({ role: 'audio-mixer', module: AudioMixerModule, settings: audioMixerSettings }, clock);

/** A mixer that compares its processor time with its clock must find both equally slow. */
function slowCpuUsage(): SlowMotion {
  const real = process.cpuUsage.bind(process);
  const slow = new SlowMotion(() => {
    const { user, system } = real();
    return user + system;
  });
  process.cpuUsage = (before) => ({ user: slow.now() - (before?.user ?? 0), system: 0 });
  return slow;
}

function watchCodec(): void {
  const codec = new EvanOpusCodec();
  const decoder = codec.createDecoder();
  const encoder = codec.createEncoder({ channels: 2, bitrate: 64_000, complexity: 5 });
  phases.watch(Object.getPrototypeOf(decoder), 'decode');
  phases.watch(Object.getPrototypeOf(encoder), 'encode');
  decoder.close();
  encoder.close();
}

/** The engine decides what is heard (select); what is in its renderer inside that is arithmetic (render). */
function watchEngine(): void {
  const classes = dsp as unknown as Record<string, { prototype: { render: (...args: unknown[]) => void } } | undefined>;
  const renderer = classes.WasmPlanRenderer;
  const engine = renderer ? classes.SceneEngine : classes.TypescriptSpatialEngine;
  if (!engine) throw new Error('The benchmark does not know the engine.');
  if (renderer) phases.watch(renderer.prototype, 'render', ['filterSources', 'sumBeds', 'mixListeners']);
  phases.watch(engine.prototype, renderer ? 'select' : 'render', ['render']);
  const { render } = engine.prototype;
  engine.prototype.render = function (...args) {
    phases.countTick();
    render.apply(this, args);
  };
}
