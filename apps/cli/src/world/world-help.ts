import { flagOf, type SettingsSchema } from '@app/settings';
import { MOMENT_HELP } from './moment-argument.js';
import { domainFlags } from './world-arguments.js';
import { WORLD_COMMANDS } from './world-commands.js';

/** What `vicinity world help` prints. */
export function worldHelpText(): string {
  const commands = [...WORLD_COMMANDS].flatMap(([name, { usage, help, flags }]) => [
    `vicinity world ${name} ${usage}`,
    `    ${help}`,
    ...flagLines(flags, '    '),
    '',
  ]);
  return [
    'vicinity world: looking after whole worlds, while people are in them',
    '',
    ...commands,
    'Every command:',
    ...flagLines(domainFlags, '  '),
    '',
    MOMENT_HELP,
    '',
    'Exit codes: 0 done, 1 not possible (one sentence says why) or faults found, 2 not understood.',
  ].join('\n');
}

function flagLines(flags: SettingsSchema, indent: string): string[] {
  return Object.entries(flags).map(([name, { help }]) => `${indent}${flagOf(name).padEnd(12)} ${help}`);
}
