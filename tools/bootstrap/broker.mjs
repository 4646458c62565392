// The NATS server: one that is there, or the distribution's.

import fs from 'node:fs';
import path from 'node:path';

import { BootstrapError } from './bootstrap.errors.mjs';
import { cacheFolder, systemName, withLock } from './cache-folder.mjs';
import { withProgress } from './progress.mjs';
import { findProgram, isExecutable, probe } from './run-command.mjs';
import { unpackPackage } from './system-packages.mjs';

/**
 * Returns the path of a nats-server that runs here.
 *
 * The distribution's package is unpacked into the cache and not installed: installing it would also start a system
 * service that listens on the default port, now and after every boot.
 */
export async function ensureBroker() {
  const given = process.env.NATS_SERVER_BIN;
  if (given) {
    if (isExecutable(given)) return path.resolve(given);
    throw new BootstrapError(`NATS_SERVER_BIN is ${given}, which is not a program.`);
  }
  const found = findProgram('nats-server');
  if (found) return found;

  const name = `nats-server-${systemName()}`;
  const cached = path.join(cacheFolder(), name);
  if (isExecutable(cached)) return cached;
  return withProgress('nats-server', (update) =>
    withLock(
      name,
      () => update('waiting for another start that fetches it'),
      async () => {
        if (isExecutable(cached)) return cached;
        const folder = fs.mkdtempSync(`${cached}.`);
        try {
          const unpacked = await unpackPackage('nats-server', folder, update);
          const binary = ['usr/sbin', 'usr/bin'].map((bin) => path.join(folder, bin, 'nats-server')).find(isExecutable);
          if (!unpacked || !binary || probe(binary, ['--version']) !== 0) throw notFound();
          fs.renameSync(binary, cached);
        } finally {
          fs.rmSync(folder, { recursive: true, force: true });
        }
        return cached;
      },
    ),
  );
}

function notFound() {
  return new BootstrapError(
    'nats-server was not found and could not be fetched. Install it (on Debian and Ubuntu: sudo apt-get install nats-server; ' +
      'elsewhere: https://nats.io/download), or set NATS_SERVER_BIN to its path, or NATS_URL to a broker that is running.',
  );
}
