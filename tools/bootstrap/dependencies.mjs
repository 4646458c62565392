// node_modules as package-lock.json says.

import fs from 'node:fs';
import path from 'node:path';

import { shortHash, withLock } from './cache-folder.mjs';
import { withProgress } from './progress.mjs';
import { npmCommand, runOrFail } from './run-command.mjs';

/**
 * Installs the dependencies unless they are those of the lock file.
 *
 * A stamp beside them makes the usual answer a matter of a millisecond. Without a fitting stamp npm's own record of what
 * it installed decides, so that whoever has just run `npm install` does not see everything installed once more.
 */
export async function ensureDependencies(root) {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  const stampFile = path.join(root, 'node_modules', '.vicinity-lock-hash');
  const stamp = shortHash(lock);
  if (readIfThere(stampFile) === stamp) return;

  await withProgress('dependencies', (update) =>
    withLock(
      `dependencies-${shortHash(root)}`,
      () => update('waiting for another start that installs them'),
      async () => {
        if (readIfThere(stampFile) === stamp) return;
        if (!isInstalled(root, lock)) await install(root, update);
        fs.writeFileSync(stampFile, stamp);
      },
    ),
  );
}

async function install(root, update) {
  update('npm is installing them');
  // No package of ours needs its install script, and mediasoup's would try to download and to build its worker on its own
  // terms (media-worker.mjs does that). Newer npm versions run no scripts anyway; older ones do.
  const [program, args] = npmCommand('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
  await runOrFail(program, args, {
    cwd: root,
    // npm may have been started with --production by a habit of the surroundings; the build needs all of them.
    env: { ...process.env, NODE_ENV: 'development' },
    nextStep: 'npm needs its registry for this; start again when it can be reached.',
  });
}

function isInstalled(root, lock) {
  const record = readIfThere(path.join(root, 'node_modules', '.package-lock.json'));
  if (!record) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(JSON.parse(lock).packages).every(
    ([folder, { version, optional, devOptional, link }]) =>
      folder === '' ||
      link ||
      installed[folder]?.version === version ||
      (!installed[folder] && (optional || devOptional)),
  );
}

function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
