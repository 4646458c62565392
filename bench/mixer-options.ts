import type { SoundFormat } from '@app/world';
import { DIAMETER_M, type Spread, type Talking } from './crowd.js';
import type { Durations, Scenario } from './mixer-scenario.js';

/** What the mixer's benchmark can be told. */
export interface MixerBenchOptions extends Durations {
  counts: number[];
  talking: Talking[];
  spreads: Spread[];
  /** Of all listeners' encoders; by the mixer's own settings if not given. */
  complexity: number | undefined;
  /** What everybody sends and takes. */
  sound: SoundFormat;
  voiceSeconds: number;
  /** Bursts of the delay measurement. */
  markers: number;
  profileDir: string | undefined;
}

const KNOWN =
  /^--(quick|counts=\d+(,\d+)*|seconds=[\d.]+|talking=(all|tenth|both)|crowd=(circle|spread|both)|sound=(opus|opus-10|pcm)|complexity=\d+|markers=\d+|profile=.+)$/;
const SOUNDS: Readonly<Record<string, SoundFormat>> = { 'opus-10': 'opus-10', pcm: 'pcm24-10' };
const TALKING: Readonly<Record<string, Talking[]>> = { all: ['all_talking'], tenth: ['one_in_ten'] };
/** Efforts of the encoder that are compared, and the crowds that they are compared with. */
const COMPLEXITIES = [0, 2, 5];
const COMPLEXITY_CROWDS: readonly Scenario[] = [
  { count: 100, talking: 'all_talking', spread: 'circle' },
  { count: 400, talking: 'one_in_ten', spread: 'circle' },
];

/** @throws Error when an option is not known */
export function readMixerOptions(args: readonly string[]): MixerBenchOptions {
  const unknown = args.find((arg) => !KNOWN.test(arg));
  if (unknown) throw new Error(`The mixer benchmark does not know the option ${unknown}.`);
  const isQuick = args.includes('--quick');
  const valueOf = (name: string): string | undefined =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const crowd = valueOf('crowd') ?? (isQuick ? 'circle' : 'both');
  return {
    counts: (valueOf('counts') ?? (isQuick ? '10,20' : '25,50,100,200,400,1000')).split(',').map(Number),
    talking: TALKING[valueOf('talking') ?? 'both'] ?? ['all_talking', 'one_in_ten'],
    spreads: crowd === 'both' ? (Object.keys(DIAMETER_M) as Spread[]) : [crowd as Spread],
    sound: SOUNDS[valueOf('sound') ?? ''] ?? 'opus-20',
    complexity: valueOf('complexity') === undefined ? undefined : Number(valueOf('complexity')),
    warmUpMs: isQuick ? 600 : 4_000,
    measureMs: 1_000 * Number(valueOf('seconds') ?? (isQuick ? 0.6 : 8)),
    voiceSeconds: isQuick ? 1 : 8,
    markers: Number(valueOf('markers') ?? (isQuick ? 20 : 400)),
    profileDir: valueOf('profile'),
  };
}

/** All crowds to measure, the small ones first. */
export function scenariosOf({ counts, talking, spreads, sound, complexity }: MixerBenchOptions): Scenario[] {
  return counts.flatMap((count) =>
    talking.flatMap((how) => spreads.map((spread) => ({ count, talking: how, spread, sound, complexity }))),
  );
}

/** The crowds to measure again with other efforts of the encoder. */
export function complexityScenarios(options: MixerBenchOptions): (Scenario & { complexity: number })[] {
  if (options.sound !== 'opus-20') return [];
  const measured = new Set(scenariosOf(options).map(keyOf));
  const crowds = COMPLEXITY_CROWDS.filter((crowd) => measured.has(keyOf(crowd)));
  return crowds.flatMap((crowd) => COMPLEXITIES.map((complexity) => ({ ...crowd, complexity })));
}

function keyOf({ count, talking, spread }: Scenario): string {
  return `${talking}-${count}-${spread}`;
}
