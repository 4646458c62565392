import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CliError } from './cli.errors.js';

/** Debian puts it where only root's PATH looks. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin'];

/**
 * The nats-server to run: the one that is given, else the first on the path, else the one that `npm start` has fetched.
 *
 * @param given        NATS_SERVER_BIN or the flag; must be a program if it is there
 * @param searchPath   the variable PATH
 * @param cacheFolder  see defaultCacheDir
 */
export function findNatsBinary(given: string | undefined, searchPath: string, cacheFolder: string): string {
  if (given) {
    if (isProgram(given)) return given;
    throw new CliError('cli-broker-missing', `NATS_SERVER_BIN is ${given}, which is not a program.`);
  }
  const folders = [...searchPath.split(delimiter).filter(Boolean), ...MORE_FOLDERS];
  const found = [...folders.map((folder) => join(folder, 'nats-server')), ...fetchedTo(cacheFolder)].find(isProgram);
  if (found) return found;
  throw new CliError(
    'cli-broker-missing',
    'nats-server was not found: start once with `npm start`, which fetches it, or install it (on Debian and Ubuntu: sudo apt-get install nats-server), or set NATS_SERVER_BIN to its path, or NATS_URL to a broker that is running.',
  );
}

/** Where `npm start` keeps what it has fetched, as tools/bootstrap/cache-folder.mjs says. */
export function defaultCacheDir(home: string, environment: NodeJS.ProcessEnv): string {
  return environment.VICINITY_CACHE_DIR || join(environment.XDG_CACHE_HOME || join(home, '.cache'), 'vicinity');
}

/** Home folders are carried from one machine to another, so the names say for which system a program is. */
function fetchedTo(cacheFolder: string): string[] {
  try {
    const names = readdirSync(cacheFolder).filter((name) =>
      name.startsWith(`nats-server-${process.platform}-${process.arch}-`),
    );
    return names.sort().map((name) => join(cacheFolder, name));
  } catch {
    return [];
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
