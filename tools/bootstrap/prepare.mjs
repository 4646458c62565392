// Everything that has to be there before a command can run, in the order in which one needs the other.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { BootstrapError } from './bootstrap.errors.mjs';

export const ROOT = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));

const NODE_MINIMUM = [20, 19];

/** The parts and how each is made; a part that finds a program gives the variable that names it to our children. */
const PARTS = {
  deps: async () => (await import('./dependencies.mjs')).ensureDependencies(ROOT),
  worker: async () => ({ MEDIASOUP_WORKER_BIN: await (await import('./media-worker.mjs')).ensureMediaWorker(ROOT) }),
  broker: async () => ({ NATS_SERVER_BIN: await (await import('./broker.mjs')).ensureBroker() }),
  browser: async () => ({ CHROMIUM_BIN: await (await import('./browser.mjs')).ensureBrowser() }),
  network: async () => (await import('./browser.mjs')).ensureNetworkTools(),
  build: async () => (await import('./build-stamp.mjs')).ensureBuild(ROOT),
};

export const PART_NAMES = Object.keys(PARTS);

/**
 * Makes sure that the named parts are there.
 *
 * @param {string[]} names  of PART_NAMES
 * @returns {Promise<Record<string, string>>}  environment variables for whatever runs next
 */
export async function prepare(names) {
  checkNode();
  const unknown = names.find((name) => !PARTS[name]);
  if (unknown) throw new BootstrapError(`There is no part called ${unknown}; the parts are ${PART_NAMES.join(', ')}.`);
  const environment = {};
  for (const name of PART_NAMES) if (names.includes(name)) Object.assign(environment, await PARTS[name]());
  return environment;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1])) return;
  throw new BootstrapError(
    `Vicinity needs Node ${NODE_MINIMUM.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`,
  );
}
