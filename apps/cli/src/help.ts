import type { SettingsSchema } from '@app/settings';
import { flagLines } from './flag-lines.js';

/** What `vicinity help` prints. */
export function helpText(up: SettingsSchema): string {
  return [
    'vicinity: a server for shared virtual worlds',
    '',
    'vicinity up [flags]              run a whole domain on this machine',
    'vicinity status [--port-base N]  list the processes of the domain that runs on these ports',
    'vicinity world <command>         look after worlds: list, create, export, import, snapshot, restore, fork, log, at,',
    '                                 undo, verify; vicinity world help explains them',
    'vicinity bots [flags]            let a crowd of simulated people in and measure what they are served; vicinity bots help',
    '                                 explains it',
    'vicinity decode <subject>        turn a payload on the standard input into JSON',
    '                                 [--encoding binary|base64|hex] [--reply] [--pretty]',
    'vicinity help                    print this, as --help does after any command',
    'vicinity --version',
    '',
    'Flags of `up` (each has a twin in the environment, for example VICINITY_PORT_BASE):',
    ...flagLines(up, '  '),
  ].join('\n');
}
