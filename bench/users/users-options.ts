import type { Talking } from '../crowd.js';

export type UsersCodec = 'opus' | 'pcm';

/** One crowd. */
export interface UsersScenario {
  readonly count: number;
  readonly talking: Talking;
  readonly codec: UsersCodec;
}

/** What the benchmark of the whole server can be told. */
export interface UsersOptions {
  /** In the order in which they are measured. */
  readonly crowds: readonly UsersScenario[];
  /** How many pages of our own client, beside each other; none leaves them out. */
  readonly webCounts: readonly number[];
  /** How long each crowd is measured, in seconds of its own time. */
  readonly seconds: number;
  /** Everything in real time, however slow this machine is. */
  readonly isRealTime: boolean;
  /** So many times slower at least, on a machine that does other things as well. */
  readonly factorMin: number;
  readonly profileDir: string | undefined;
  /** Where to write the figures as a table in Markdown. */
  readonly tableFile: string | undefined;
}

/** What the Vircadia Web SDK speaks is measured where the target is. */
const PCM_COUNT = 100;
const CODECS: Readonly<Record<string, readonly UsersCodec[]>> = { opus: ['opus'], pcm: ['pcm'], both: ['opus', 'pcm'] };

const KNOWN =
  /^--(quick|real-time|counts=\d+(,\d+)*|web-counts=\d+(,\d+)*|seconds=[\d.]+|factor=\d+|talking=(all|tenth|both)|codec=(opus|pcm|both)|profile=.+|table=.+)$/;
const TALKING: Readonly<Record<string, readonly Talking[]>> = { all: ['all_talking'], tenth: ['one_in_ten'] };

/** Options with a value may be two words. @throws Error when one is not known */
export function readUsersOptions(words: readonly string[]): UsersOptions {
  const args = joined(words);
  const unknown = args.find((arg) => !KNOWN.test(arg));
  if (unknown) throw new Error(`The benchmark users-per-core does not know the option ${unknown}.`);
  const isQuick = args.includes('--quick');
  const valueOf = (name: string): string | undefined =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const numbers = (text: string): number[] =>
    text
      .split(',')
      .map(Number)
      .filter((count) => count > 0);
  const counts = numbers(valueOf('counts') ?? (isQuick ? '8' : '25,50,100,200'));
  const talking = TALKING[valueOf('talking') ?? 'both'] ?? ['all_talking', 'one_in_ten'];
  return {
    crowds: crowdsOf(counts, talking, valueOf('codec')),
    webCounts: numbers(valueOf('web-counts') ?? (isQuick ? '2' : '4,8')),
    seconds: Number(valueOf('seconds') ?? (isQuick ? 3 : 8)),
    factorMin: Number(valueOf('factor') ?? 1),
    isRealTime: args.includes('--real-time'),
    profileDir: valueOf('profile'),
    tableFile: valueOf('table'),
  };
}

/** Unless codecs are named, only the crowd of PCM_COUNT that talks is there with both. */
function crowdsOf(
  counts: readonly number[],
  talking: readonly Talking[],
  codecs: string | undefined,
): readonly UsersScenario[] {
  const crowds = (codecs ? CODECS[codecs] : CODECS.both).flatMap((codec) =>
    talking.flatMap((each) => counts.map((count): UsersScenario => ({ count, talking: each, codec }))),
  );
  if (codecs) return crowds;
  return crowds.filter(
    ({ codec, count, talking: each }) => codec === 'opus' || (count === PCM_COUNT && each === 'all_talking'),
  );
}

function joined(words: readonly string[]): string[] {
  const args: string[] = [];
  for (const word of words) {
    if (!word.startsWith('--') && args.length > 0) args[args.length - 1] += `=${word}`;
    else args.push(word);
  }
  return args;
}
