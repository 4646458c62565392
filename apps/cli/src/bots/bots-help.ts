import { flagOf } from '@app/settings';
import { botsSettings } from './bots.settings.js';

/** What `vicinity bots help` prints. */
export function botsHelpText(): string {
  const flags = Object.entries(botsSettings).map(([name, { help }]) => [flagOf(name), help]);
  const width = Math.max(...flags.map(([flag]) => flag.length));
  return [
    'vicinity bots [flags]: a crowd of simulated people, each with a socket and a protocol of its own',
    '',
    'They come in, talk, walk, and are measured: how long it took to come in, how many mixes they are sent and whether any',
    'are missing or late, how often and how old others are seen, and how long a sound takes from one to another.',
    '',
    ...flags.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`),
    '',
    'Exit codes: 0 measured, 1 not possible (one sentence says why), 2 not understood.',
  ].join('\n');
}
