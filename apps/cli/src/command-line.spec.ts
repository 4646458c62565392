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

  it('says in the help what may follow a flag, and what holds without it', async () => {
    const texts: string[] = [];
    for (const line of ['bots --help', 'help']) await runCommandLine(line.split(' '), (text) => void texts.push(text));
    const lines = texts.join('\n').replace(/ +/g, ' ');
    expect(lines).toContain('--chat How often each says something in the chat. [0 to 600, per minute; default 0]');
    expect(lines).toContain('--no-verify');
    expect(lines).toContain('--gateways How many gateways to run. [1 to 16, processes; default 1]');
  });

  it.each([
    ['up --nonsense', 'There is no flag --nonsense. Try vicinity help.'],
    ['status --nonsense', 'There is no flag --nonsense. Try vicinity help.'],
    ['bots --nonsense', 'There is no flag --nonsense. Try vicinity bots help.'],
    ['bots --domain 127.0.0.1:99999', 'There is no port 99999; it is 1 to 65535.'],
    ['bots --talking 10', 'The flag --talking must be a share such as 10% or 0.1.'],
    ['nonsense', 'There is no command nonsense; try vicinity help.'],
  ])('points to the help after "%s"', async (line, words) => {
    const error: unknown = await runCommandLine(line.split(' '), () => undefined).catch((reason: unknown) => reason);
    expect(wordsOf(error, line.split(' ')[0])).toBe(words);
    expect(exitCodeOf(error)).toBe(2);
  });
});
