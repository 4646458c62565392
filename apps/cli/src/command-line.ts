import { readFileSync } from 'node:fs';
import { SettingsError } from '@app/settings';
import { CodedError } from '@app/world';
import { CliError } from './cli.errors.js';

const HELP_WORDS: ReadonlySet<string> = new Set(['--help', '-h']);

/**
 * Runs one command and resolves with its exit code. What a command needs is loaded when it is clear which one it is,
 * because starting must be quick. A request for help wins, wherever it stands.
 *
 * @param args   what follows the program's name
 * @param print  writes one text to the standard output
 */
export async function runCommandLine(args: readonly string[], print: (text: string) => void): Promise<number> {
  const [command, ...rest] = args;
  if (command === 'world' && (rest.length === 0 || rest[0] === 'help' || rest.some((word) => HELP_WORDS.has(word)))) {
    const about = rest[0] === 'help' ? rest[1] : rest[0];
    print((await import('./world/world-help.js')).worldHelpText(about));
    return 0;
  }
  if (command === 'bots' && (rest[0] === 'help' || rest.some((word) => HELP_WORDS.has(word)))) {
    print((await import('./bots/bots-help.js')).botsHelpText());
    return 0;
  }
  if (command === undefined || command === 'help' || args.some((word) => HELP_WORDS.has(word))) {
    const [{ helpText }, { upSettings }] = await Promise.all([import('./help.js'), import('./up.settings.js')]);
    print(helpText(upSettings));
    return 0;
  }
  switch (command) {
    case 'up':
      return (await import('./up.command.js')).up(rest);
    case 'status':
      print(await (await import('./status.command.js')).status(rest));
      return 0;
    case 'world':
      return (await import('./world/world.js')).world(rest, print);
    case 'bots':
      return (await import('./bots/bots.command.js')).bots(rest, print);
    case 'decode':
      print(await (await import('./decode.command.js')).decode(rest, process.stdin));
      return 0;
    case '--version':
    case 'version':
      print(readVersion());
      return 0;
    default:
      throw new CliError('cli-usage', `There is no command ${command.slice(0, 64)}; try vicinity help.`);
  }
}

/**
 * What the person at the command line reads about an error: one sentence, or all there is when nobody foresaw it.
 *
 * @param command  the first word of the command line
 */
export function wordsOf(error: unknown, command?: string): string {
  if (error instanceof SettingsError && error.code === 'settings-unknown') {
    return `${error.message} Try vicinity ${command === 'bots' ? 'bots help' : 'help'}.`;
  }
  if (error instanceof CodedError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** 2 for a command line that cannot be understood, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  return error instanceof SettingsError ? 2 : 1;
}

/** The version in the package.json above apps/, in the sources as in dist/. */
function readVersion(): string {
  const json = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return json.version;
}
