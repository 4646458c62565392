import { assetStoreSettings } from '@app/assets';
import { defineSettings, flagOf, loadSettings, type SettingsOf, type SettingsSchema, variableOf } from '@app/settings';
import { CliError } from '../cli.errors.js';
import { upSettings } from '../up.settings.js';
import type { WorldCommand } from './world-command.js';

/** How the domain and its files are found, for every command. */
export const domainFlags = defineSettings({
  portBase: { ...upSettings.portBase, help: 'Port base of the domain on this machine whose broker is used.' },
  natsUrl: {
    type: 'string',
    pattern: /^(nats|tls):\/\/[^\s]+$/,
    variables: ['NATS_URL'],
    help: 'The broker of the domain. Without it that of `vicinity up`, at the port base + 10.',
  },
  ...assetStoreSettings,
});

/** What the command line says. */
export interface WorldArguments {
  readonly operands: readonly string[];
  readonly domain: SettingsOf<typeof domainFlags>;
  /** The words that `domain` comes from. */
  readonly domainWords: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}

/**
 * Reads what follows the command's name: operands and flags in any order. Only how the domain is found may also come from
 * the environment. Fails with `cli-usage`, or with a SettingsError.
 */
export function readWorldArguments(
  name: string,
  command: WorldCommand,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): WorldArguments {
  const { operands, flags } = divide(args, { ...domainFlags, ...command.flags });
  if (operands.length < command.operandsMin || operands.length > command.operandsMax) {
    throw new CliError('cli-usage', `It is: vicinity world ${name} ${command.usage}`.trimEnd());
  }
  const isOfDomain = ({ flag }: FlagWords): boolean => Object.keys(domainFlags).some((key) => flagOf(key) === flag);
  const variables = Object.fromEntries(
    ['NATS_URL', ...Object.keys(domainFlags).map(variableOf)].map((key) => [key, environment[key]]),
  );
  const domainWords = flags.filter(isOfDomain).flatMap(({ words }) => words);
  const ownWords = flags.filter((flag) => !isOfDomain(flag)).flatMap(({ words }) => words);
  return {
    operands,
    domainWords,
    domain: loadSettings(domainFlags, { flags: domainWords, variables }),
    flags: loadSettings(command.flags, { flags: ownWords, variables: {} }),
  };
}

/** A flag, and the words that it takes up. */
interface FlagWords {
  readonly flag: string;
  readonly words: readonly string[];
}

/** A word with one dash, such as `-10m`, is no flag: here flags have two. */
function divide(args: readonly string[], schema: SettingsSchema): { operands: string[]; flags: FlagWords[] } {
  const operands: string[] = [];
  const flags: FlagWords[] = [];
  const byFlag = new Map(Object.entries(schema).map(([name, setting]) => [flagOf(name), setting]));
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (!word.startsWith('--')) operands.push(word);
    else {
      const [flag] = word.split('=', 1);
      const setting = byFlag.get(flag);
      const takesNext = setting !== undefined && setting.type !== 'boolean' && !word.includes('=');
      flags.push({ flag, words: takesNext ? args.slice(i, ++i + 1) : [word] });
    }
  }
  return { operands, flags };
}
