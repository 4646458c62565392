import { flagLines } from '../flag-lines.js';
import { botsSettings } from './bots.settings.js';

/** What `vicinity bots help` prints. */
export function botsHelpText(): string {
  return [
    'vicinity bots [flags]: a crowd of simulated people, each with a socket and a protocol of its own',
    '',
    'They come in, talk, walk, and are measured: how long it took to come in, how many mixes they are sent and whether any',
    'are missing or late, how often and how old others are seen, and how long a sound takes from one to another.',
    '',
    ...flagLines(botsSettings, '  '),
    '',
    'Exit codes: 0 measured, 1 not possible or ended too early (one sentence says why), 2 not understood.',
  ].join('\n');
}
