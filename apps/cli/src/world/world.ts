import { SystemClock } from '@app/clock';
import { CliError } from '../cli.errors.js';
import { Progress } from './progress-bar.js';
import { WORLD_COMMANDS } from './world-commands.js';
import { readWorldArguments } from './world-arguments.js';
import { WorldSession } from './world-session.js';

/** `vicinity world <command> …`: runs one command and resolves with its exit code. */
export async function world(args: readonly string[], print: (text: string) => void): Promise<number> {
  const [name = '', ...rest] = args;
  const command = WORLD_COMMANDS.get(name);
  if (!command) {
    const names = [...WORLD_COMMANDS.keys()].join(', ');
    throw new CliError('cli-usage', `Which command? vicinity world ${names}; vicinity world help explains them.`);
  }
  const { operands, domain, domainWords, flags } = readWorldArguments(name, command, rest, process.env);
  const session = await WorldSession.open(domain);
  const progress = new Progress(process.stderr, new SystemClock());
  const printClear = (text: string): void => {
    progress.clear();
    print(text);
  };
  // Whoever reads our output, such as `head`, may have enough of it.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => process.exit(0));
  try {
    return await command.run({ operands, flags, domainWords, session, progress, print: printClear });
  } finally {
    progress.clear();
    await session.close();
  }
}
