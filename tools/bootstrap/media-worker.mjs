// The mediasoup worker: the program that moves the media. Found, downloaded, or built; the result is kept in the cache.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import { BootstrapError } from './bootstrap.errors.mjs';
import { cacheFolder, systemName, withLock } from './cache-folder.mjs';
import { buildMediaWorker, installBuildPackages } from './media-worker-build.mjs';
import { recipeHash } from './media-worker-sources.mjs';
import { withProgress } from './progress.mjs';
import { isExecutable, probe } from './run-command.mjs';

const BINARY = 'mediasoup-worker';
// What the worker exits with when it was not started by mediasoup; its own installer asks for this code too.
const NOT_STARTED_BY_MEDIASOUP = 41;
const CONNECT_TIMEOUT_MS = 10_000;
const DOWNLOAD_TIMEOUT_MS = 60_000;

/** Returns the path of a mediasoup worker that runs here, making one if need be. */
export async function ensureMediaWorker(root) {
  const given = process.env.MEDIASOUP_WORKER_BIN;
  if (given) {
    if (isExecutable(given)) return path.resolve(given);
    throw new BootstrapError(`MEDIASOUP_WORKER_BIN is ${given}, which is not a program.`);
  }
  const packageFolder = path.join(root, 'node_modules', 'mediasoup');
  const installed = path.join(packageFolder, 'worker', 'out', 'Release', BINARY);
  if (runsHere(installed)) return installed;

  const mediasoup = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  const name = `${BINARY}-${mediasoup.version}-${systemName()}-${recipeHash()}`;
  const cached = path.join(cacheFolder(), name);
  if (runsHere(cached)) return cached;

  return withProgress('mediasoup worker', (update) =>
    withLock(
      name,
      () => update('waiting for another start that makes it'),
      async () => {
        if (runsHere(cached)) return cached;
        const buildFolder = `${cached}.build`;
        fs.mkdirSync(buildFolder, { recursive: true });
        update('looking for a prebuilt one');
        const binary =
          (await downloadPrebuilt(mediasoup, path.join(buildFolder, 'prebuilt'), update)) ??
          (await build(path.join(packageFolder, 'worker'), buildFolder, update));
        fs.renameSync(binary, cached);
        fs.rmSync(buildFolder, { recursive: true, force: true });
        return cached;
      },
    ),
  );
}

async function build(workerFolder, buildFolder, update) {
  update('installing what the build needs');
  await installBuildPackages();
  const binary = await buildMediaWorker(workerFolder, buildFolder, update);
  if (runsHere(binary)) return binary;
  throw new BootstrapError(
    `The mediasoup worker was built but does not run: ${binary} should exit with ${NOT_STARTED_BY_MEDIASOUP} and gave ` +
      `${probe(binary, [], {})}. Delete ${buildFolder} to build it anew.`,
  );
}

/** Also what tells us that a library it was linked with has gone since. */
function runsHere(binary) {
  return isExecutable(binary) && probe(binary, [], {}) === NOT_STARTED_BY_MEDIASOUP;
}

/** Fetches what mediasoup's own installer would (npm-scripts.mjs in its package); undefined when that is not to be had. */
async function downloadPrebuilt(mediasoup, folder, update) {
  const base =
    process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL ||
    `${mediasoup.repository.url.replace(/^git\+/, '').replace(/\.git$/, '')}/releases/download`;
  const kernel = os.platform() === 'linux' ? `-kernel${Number(os.release().split('.')[0])}` : '';
  const file = `${BINARY}-${mediasoup.version}-${os.platform()}-${os.arch()}${kernel}.tgz`;
  const connect = new AbortController();
  const connectTimer = setTimeout(() => connect.abort(), CONNECT_TIMEOUT_MS);
  try {
    const signal = AbortSignal.any([connect.signal, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)]);
    const response = await fetch(`${base}/${mediasoup.version}/${file}`, { signal });
    clearTimeout(connectTimer);
    if (!response.ok) return undefined;
    update('downloading a prebuilt one');
    fs.mkdirSync(folder, { recursive: true });
    const tar = spawn('tar', ['-xz', '-C', folder], { stdio: ['pipe', 'ignore', 'ignore'] });
    const extracted = new Promise((resolve, reject) => tar.on('error', reject).on('close', resolve));
    await Promise.all([pipeline(response.body, tar.stdin), extracted]);
    const binary = path.join(folder, BINARY);
    return runsHere(binary) ? binary : undefined;
  } catch {
    // No network, a proxy that says no, no tar: the build from source is the answer to all of them.
    return undefined;
  } finally {
    clearTimeout(connectTimer);
  }
}
