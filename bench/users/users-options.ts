import type { Talking } from '../crowd.js';

/** What the benchmark of the whole server can be told. */
export interface UsersOptions {
  readonly counts: readonly number[];
  readonly talking: readonly Talking[];
  /** How many pages of our own client, beside each other; none leaves them out. */
  readonly webCounts: readonly number[];
  /** How long each crowd is measured, in seconds of its own time. */
  readonly seconds: number;
  readonly codec: 'opus' | 'pcm';
  /** Everything in real time, however slow this machine is. */
  readonly isRealTime: boolean;
  /** So many times slower at least, on a machine that does other things as well. */
  readonly factorMin: number;
  readonly profileDir: string | undefined;
}

const KNOWN =
  /^--(quick|real-time|counts=\d+(,\d+)*|web-counts=\d+(,\d+)*|seconds=[\d.]+|factor=\d+|talking=(all|tenth|both)|codec=(opus|pcm)|profile=.+)$/;
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
  return {
    counts: numbers(valueOf('counts') ?? (isQuick ? '8' : '25,50,100,200')),
    talking: TALKING[valueOf('talking') ?? 'both'] ?? ['all_talking', 'one_in_ten'],
    webCounts: numbers(valueOf('web-counts') ?? (isQuick ? '2' : '4,8')),
    seconds: Number(valueOf('seconds') ?? (isQuick ? 3 : 8)),
    codec: valueOf('codec') === 'pcm' ? 'pcm' : 'opus',
    factorMin: Number(valueOf('factor') ?? 1),
    isRealTime: args.includes('--real-time'),
    profileDir: valueOf('profile'),
  };
}

function joined(words: readonly string[]): string[] {
  const args: string[] = [];
  for (const word of words) {
    if (!word.startsWith('--') && args.length > 0) args[args.length - 1] += `=${word}`;
    else args.push(word);
  }
  return args;
}
