import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CliError } from './cli.errors.js';

/** Debian puts it where only root's PATH looks. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin'];

/**
 * The nats-server to run.
 *
 * @param given       NATS_SERVER_BIN or the flag; must be a program if it is there
 * @param searchPath  the variable PATH
 */
export function findNatsBinary(given: string | undefined, searchPath: string): string {
  if (given) {
    if (isProgram(given)) return given;
    throw new CliError('cli-broker-missing', `NATS_SERVER_BIN is ${given}, which is not a program.`);
  }
  const folders = [...searchPath.split(delimiter).filter(Boolean), ...MORE_FOLDERS];
  const found = folders.map((folder) => join(folder, 'nats-server')).find(isProgram);
  if (found) return found;
  throw new CliError(
    'cli-broker-missing',
    'nats-server was not found: install it (on Debian and Ubuntu: sudo apt-get install nats-server), or set NATS_SERVER_BIN to its path, or NATS_URL to a broker that is running.',
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
