#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { SettingsError } from '@app/settings';
import { CliError } from './cli.errors.js';

/** Runs one command; what the commands need is loaded when it is clear which one it is, because starting must be quick. */
async function run(command: string | undefined, args: readonly string[]): Promise<number> {
  switch (command) {
    case 'up':
      return (await import('./up.command.js')).up(args);
    case 'status':
      return print(await (await import('./status.command.js')).status(args));
    case 'decode':
      return print(await (await import('./decode.command.js')).decode(args, process.stdin));
    case '--version':
    case 'version':
      return print(readVersion());
    case undefined:
    case 'help':
    case '--help':
    case '-h': {
      const [{ helpText }, { upSettings }] = await Promise.all([import('./help.js'), import('./up.settings.js')]);
      return print(helpText(upSettings));
    }
    default:
      throw new CliError('cli-usage', `There is no command ${command.slice(0, 64)}; try vicinity help.`);
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** The version in the package.json above apps/, in the sources as in dist/. */
function readVersion(): string {
  const json = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return json.version;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  return error instanceof SettingsError ? 2 : 1;
}

run(process.argv[2], process.argv.slice(3)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isPlain = error instanceof CliError || error instanceof SettingsError;
    process.stderr.write(`${isPlain ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(exitCodeOf(error));
  },
);
