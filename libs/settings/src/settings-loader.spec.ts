import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './settings-loader.js';
import { defineSettings } from './settings-schema.js';
import { SettingsError } from './settings.errors.js';

const schema = defineSettings({
  sessionsMax: { type: 'integer', unit: 'sessions', min: 1, max: 1_024, default: 100, help: 'How many.' },
  gain: { type: 'number', unit: 'dB', min: -60, max: 12, default: 0, help: 'How loud.' },
  public: { type: 'boolean', default: false, help: 'Seen by all.' },
  announce: { type: 'string', pattern: /^[a-z.]+$/, help: 'Where.' },
  share: { type: 'string', pattern: /^[0-9]+%$/, form: 'a share, for example 5%', help: 'How much.' },
  engine: { type: 'choice', choices: ['plain', 'fast'], default: 'plain', help: 'Which.' },
  worlds: { type: 'list', pattern: /^[a-z]+$/, default: ['main'], help: 'Where to.' },
  shape: {
    type: 'structure',
    default: { corners: 3 },
    read: (json) => {
      const corners = (json as { corners?: unknown } | null)?.corners;
      return typeof corners === 'number' ? { value: { corners } } : { problem: 'must have a number at corners' };
    },
    help: 'Of what shape.',
  },
  natsUrl: { type: 'string', default: 'nats://a', variables: ['NATS_URL'], help: 'Broker.' },
});

const load = (
  flags: string[] = [],
  variables: Record<string, string> = {},
  more: { file?: string; section?: string } = {},
) => loadSettings(schema, { flags, variables, ...more });

function problemOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

function withFile(content: string, use: (file: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-settings-'));
  const file = join(folder, 'settings.json');
  writeFileSync(file, content);
  try {
    use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('Settings', () => {
  it('have their defaults when nothing else is said', () => {
    expect(load()).toEqual({
      sessionsMax: 100,
      gain: 0,
      public: false,
      announce: undefined,
      engine: 'plain',
      worlds: ['main'],
      shape: { corners: 3 },
      natsUrl: 'nats://a',
    });
  });

  it('come from flags before variables before the file before defaults', () => {
    withFile('{"common":{"gain":1,"sessionsMax":1},"gateway":{"sessionsMax":2,"engine":"fast"}}', (file) => {
      const values = load(
        ['--gain', '4'],
        { VICINITY_SESSIONS_MAX: '3', VICINITY_GAIN: '3' },
        { file, section: 'gateway' },
      );
      expect(values).toMatchObject({ gain: 4, sessionsMax: 3, engine: 'fast', natsUrl: 'nats://a' });
    });
  });

  it.each([
    [['--public'], { public: true }],
    [['--public', '--no-public'], { public: false }],
    [['--public=false'], { public: false }],
    [['--sessions-max=7'], { sessionsMax: 7 }],
    [['--gain', '-12.5'], { gain: -12.5 }],
    [['--worlds', 'main, other'], { worlds: ['main', 'other'] }],
    [['--announce', 'a.b'], { announce: 'a.b' }],
  ])('understand the flags %j', (flags, expected) => {
    expect(load(flags)).toMatchObject(expected);
  });

  it('read a structure from JSON text, from a file that it names, and from the settings file', () => {
    expect(load(['--shape', '{"corners":4}']).shape).toEqual({ corners: 4 });
    withFile('{"corners":5}', (file) => {
      expect(load([`--shape=@${file}`]).shape).toEqual({ corners: 5 });
      expect(load([], { VICINITY_SHAPE: `@${file}` }).shape).toEqual({ corners: 5 });
    });
    withFile('{"gateway":{"shape":{"corners":6}}}', (file) => {
      expect(load([], {}, { file, section: 'gateway' }).shape).toEqual({ corners: 6 });
    });
  });

  it('say where a structure is wrong, and in which file', () => {
    expect(problemOf(() => load(['--shape', '{"corners":"many"}']))).toBe(
      'The flag --shape must have a number at corners.',
    );
    expect(problemOf(() => load([], { VICINITY_SHAPE: '{' }))).toBe(
      'The variable VICINITY_SHAPE must be JSON, or @ and the path of a file with JSON.',
    );
    expect(problemOf(() => load(['--shape', '@/nowhere/shape.json']))).toBe(
      'The file /nowhere/shape.json, named by the flag --shape, cannot be read.',
    );
    withFile('[]', (file) => {
      expect(problemOf(() => load(['--shape', `@${file}`]))).toBe(
        `The file ${file}, named by the flag --shape, must have a number at corners.`,
      );
    });
    withFile('{"gateway":{"shape":7}}', (file) => {
      expect(problemOf(() => load([], {}, { file, section: 'gateway' }))).toBe(
        `In ${file}, gateway.shape must have a number at corners.`,
      );
    });
  });

  it('take other names of a variable after the one with the prefix', () => {
    expect(load([], { NATS_URL: 'nats://b' }).natsUrl).toBe('nats://b');
    expect(load([], { NATS_URL: 'nats://b', VICINITY_NATS_URL: 'nats://c' }).natsUrl).toBe('nats://c');
  });

  it.each([
    [['--sessions-max', '0'], 'The flag --sessions-max must be a whole number from 1 to 1024 (sessions).'],
    [['--sessions-max', '1.5'], 'The flag --sessions-max must be a whole number from 1 to 1024 (sessions).'],
    [['--sessions-max', ''], 'The flag --sessions-max must be a whole number from 1 to 1024 (sessions).'],
    [['--gain', 'NaN'], 'The flag --gain must be a number from -60 to 12 (dB).'],
    [['--gain'], 'The flag --gain needs a value.'],
    [['--public=maybe'], 'The flag --public must be true or false.'],
    [['--announce', 'A'], 'The flag --announce must match ^[a-z.]+$.'],
    [['--share', '5'], 'The flag --share must be a share, for example 5%.'],
    [['--engine', 'slow'], 'The flag --engine must be one of plain, fast.'],
    [['--worlds', 'main,,x'], 'The flag --worlds has an empty or endless item.'],
    [['--nonsense'], 'There is no flag --nonsense.'],
    [['stray'], 'There is no flag stray.'],
    [['--no-gain'], 'There is no flag --no-gain.'],
  ])('refuse the flags %j in one sentence', (flags, sentence) => {
    expect(problemOf(() => load(flags))).toBe(sentence);
  });

  it('name the variable that cannot be used', () => {
    expect(problemOf(() => load([], { VICINITY_SESSIONS_MAX: 'many' }))).toMatch(
      /^The variable VICINITY_SESSIONS_MAX must/,
    );
  });

  it('name the place in the file that cannot be used', () => {
    withFile('{"gateway":{"gain":"loud"}}', (file) => {
      expect(problemOf(() => load([], {}, { file, section: 'gateway' }))).toContain('gateway.gain must be a number');
    });
    withFile('{"gateway":{"gaim":1}}', (file) => {
      expect(problemOf(() => load([], {}, { file, section: 'gateway' }))).toContain('gateway.gaim is not a setting');
    });
    withFile('{"gateway":{"toString":1}}', (file) => {
      expect(problemOf(() => load([], {}, { file, section: 'gateway' }))).toContain(
        'gateway.toString is not a setting',
      );
    });
  });

  it('leave sections of other roles and common settings of other roles alone', () => {
    withFile('{"common":{"mixSeconds":1},"messaging":{"x":1}}', (file) => {
      expect(load([], {}, { file, section: 'gateway' }).gain).toBe(0);
    });
  });

  it('refuse a file that is not there or is no JSON', () => {
    expect(problemOf(() => load([], {}, { file: '/nowhere/settings.json' }))).toContain('cannot be read as JSON');
    withFile('{', (file) => expect(problemOf(() => load([], {}, { file }))).toContain('cannot be read as JSON'));
  });

  it('find the file by flag and by variable', () => {
    withFile('{"common":{"gain":5}}', (file) => {
      expect(load(['--settings-file', file]).gain).toBe(5);
      expect(load([], { VICINITY_SETTINGS_FILE: file }).gain).toBe(5);
    });
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(load())).toBe(true);
  });
});

describe('defineSettings', () => {
  it('refuses a default that its own range refuses', () => {
    expect(() => defineSettings({ a: { type: 'integer', unit: 'x', min: 1, max: 2, default: 3, help: 'h' } })).toThrow(
      'default of setting a',
    );
  });
});
