import { describe, expect, it } from '@jest/globals';
import { readWorldArguments } from './world-arguments.js';
import { WORLD_COMMANDS } from './world-commands.js';
import type { WorldCommand } from './world-command.js';
import { worldHelpText } from './world-help.js';

const read = (name: string, args: string[], environment = {}): ReturnType<typeof readWorldArguments> =>
  readWorldArguments(name, WORLD_COMMANDS.get(name) as WorldCommand, args, environment);

describe('the words behind vicinity world', () => {
  it('are operands and flags in any order', () => {
    const { operands, flags, domain, domainWords } = read('undo', [
      '--author',
      'Ada',
      'plaza',
      '--from=-1h',
      '--port-base',
      '41000',
      '--to',
      '-5m',
      '--dry-run',
    ]);
    expect(operands).toEqual(['plaza']);
    expect(domainWords).toEqual(['--port-base', '41000']);
    expect(flags).toMatchObject({ author: 'Ada', from: '-1h', to: '-5m', dryRun: true });
    expect(domain).toMatchObject({ portBase: 41_000, natsUrl: undefined });
    expect(read('at', ['plaza', '-10m']).operands).toEqual(['plaza', '-10m']);
  });

  it('are refused when there are too few, too many, or nobody knows them', () => {
    expect(() => read('at', ['plaza'])).toThrow('vicinity world at NAME MOMENT');
    expect(() => read('create', ['a', 'b'])).toThrow('It is: vicinity world create');
    expect(() => read('create', ['a', '--nonsense'])).toThrow('--nonsense');
    expect(() => read('create', ['a', '--shards', '99'])).toThrow(/--shards must be .*\(parts\)/);
    expect(() => read('create', ['a', '--shards'])).toThrow('needs a value');
  });

  it('take from the environment how the domain and its files are found, and nothing else', () => {
    const store = { VICINITY_ASSET_STORE: 'folder', VICINITY_ASSET_STORE_DIR: '/srv/files' };
    const environment = { NATS_URL: 'nats://far:4222', VICINITY_AUTHOR: 'Ada', VICINITY_DRY_RUN: '1', ...store };
    const { domain, flags } = read('undo', ['plaza'], environment);
    expect(domain.natsUrl).toBe('nats://far:4222');
    expect(domain).toMatchObject({ assetStore: 'folder', assetStoreDir: '/srv/files' });
    expect(flags).toMatchObject({ author: undefined, dryRun: false });
  });

  it('are all in the help', () => {
    const help = worldHelpText();
    for (const [name, { usage }] of WORLD_COMMANDS) expect(help).toContain(`vicinity world ${name} ${usage}`);
    for (const word of ['-10m', '14:30', 'label:', 'Exit codes']) expect(help).toContain(word);
  });

  it('have help of their own', () => {
    const undo = worldHelpText('undo');
    expect(undo).toMatch(/^vicinity world undo NAME/);
    for (const word of ['--dry-run', '--port-base', '14:30', 'Exit codes']) expect(undo).toContain(word);
    expect(undo).not.toContain('vicinity world fork');
    expect(worldHelpText('list')).not.toContain('14:30');
    expect(worldHelpText('nonsense')).toBe(worldHelpText());
  });
});
