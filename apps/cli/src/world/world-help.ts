import { flagLines } from '../flag-lines.js';
import { MOMENT_HELP } from './moment-argument.js';
import { domainFlags } from './world-arguments.js';
import { WORLD_COMMANDS } from './world-commands.js';

/**
 * What `vicinity world help` prints.
 *
 * @param only  the name of the command that it is about; for no name, or one that there is not, it is about all
 */
export function worldHelpText(only?: string): string {
  const command = only === undefined ? undefined : WORLD_COMMANDS.get(only);
  const commands = only !== undefined && command ? [[only, command] as const] : [...WORLD_COMMANDS];
  const isAboutMoments = commands.some(([, { usage }]) => /MOMENT|TIME/.test(usage));
  return [
    ...(command ? [] : ['vicinity world: looking after whole worlds, while people are in them', '']),
    ...commands.flatMap(([name, { usage, help, flags }]) => [
      `vicinity world ${name} ${usage}`.trimEnd(),
      `    ${help}`,
      ...flagLines(flags, '    '),
      '',
    ]),
    'Every command:',
    ...flagLines(domainFlags, '  '),
    '',
    ...(isAboutMoments ? [MOMENT_HELP, ''] : []),
    'Exit codes: 0 done, 1 not possible (one sentence says why) or faults found, 2 not understood.',
  ].join('\n');
}
