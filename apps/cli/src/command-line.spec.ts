import { describe, expect, it } from '@jest/globals';
import { exitCodeOf, runCommandLine, wordsOf } from './command-line.js';

describe('the command line', () => {
  it.each([
    [''],
    ['help'],
    ['--help'],
    ['-h'],
    ['up --help'],
    ['up --port-base 24000 -h'],
    ['status --help'],
    ['decode --help'],
    ['nonsense --help'],
  ])('prints the help for "%s"', async (line) => {
    const texts: string[] = [];
    const args = line.split(' ').filter((word) => word !== '');
    expect(await runCommandLine(args, (text) => void texts.push(text))).toBe(0);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain('--port-base');
  });

  it.each([
    ['up --nonsense', 'There is no flag --nonsense. Try vicinity help.'],
    ['status --nonsense', 'There is no flag --nonsense. Try vicinity help.'],
    ['nonsense', 'There is no command nonsense; try vicinity help.'],
  ])('points to the help after "%s"', async (line, words) => {
    const error: unknown = await runCommandLine(line.split(' '), () => undefined).catch((reason: unknown) => reason);
    expect(wordsOf(error)).toBe(words);
    expect(exitCodeOf(error)).toBe(2);
  });
});
