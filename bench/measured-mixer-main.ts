/**
 * The audio mixer, started as its own main.ts does, with two differences: its clock can be slowed down by the benchmark
 * that is its parent, and the time in the phases of its work is added up.
 */
import { SceneEngine, WasmPlanRenderer } from '@app/dsp';
import { EvanOpusCodec } from '@app/opus';
import { runRole } from '@app/runtime';
import { AudioMixerModule } from '../apps/audio-mixer/src/audio-mixer.module.js';
import { audioMixerSettings } from '../apps/audio-mixer/src/audio-mixer.settings.js';
import { MixerActor } from '../apps/audio-mixer/src/mixer.actor.js';
import type { MixerAnswer, MixerOrder } from './mixer-process.js';
import { PhaseClock } from './phase-clock.js';
import { SlowClock, SlowMotion } from './slow-motion.js';

const realCpuMs = readCpuMs(process.cpuUsage.bind(process));
const phases = new PhaseClock(realCpuMs);
const clock = new SlowClock();
const cpu = slowCpuUsage();
watchCodec();
watchEngine();
phases.watchTicks(MixerActor.prototype, 'tick');
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
  const slow = new SlowMotion(realCpuMs);
  process.cpuUsage = (before) => ({ user: 1_000 * slow.now() - (before?.user ?? 0), system: 0 });
  return slow;
}

function readCpuMs(usage: () => NodeJS.CpuUsage): () => number {
  return () => {
    const { user, system } = usage();
    return (user + system) / 1_000;
  };
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
  phases.watch(SceneEngine.prototype, 'select', ['render']);
  phases.watch(WasmPlanRenderer.prototype, 'render', ['filterSources', 'sumBeds', 'mixListeners']);
}
