// node_modules as package-lock.json says.

import fs from 'node:fs';
import path from 'node:path';

import { BootstrapError } from './bootstrap.errors.mjs';
import { shortHash, withLock } from './cache-folder.mjs';
import { withProgress } from './progress.mjs';
import { lastLines, npmCommand, runQuietly } from './run-command.mjs';

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

// No package of ours needs its install script, and mediasoup's would try to download and to build its worker on its own
// terms (media-worker.mjs does that). Newer npm versions run no scripts anyway; older ones do.
const NPM_OPTIONS = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

async function install(root, update) {
  // Development dependencies too, whatever our surroundings say: the build needs them.
  const options = { cwd: root, env: { ...process.env, NODE_ENV: 'development' } };
  update('npm is installing them');
  const strict = await runQuietly(...npmCommand('ci', ...NPM_OPTIONS), options);
  if (strict.code === 0) return;
  if (!strict.output.includes('EUSAGE')) throw installError(strict.output);
  // The lock file has gaps: made with a registry that lacks some platform's package of an optional dependency, say. The
  // lenient command takes all that is locked from there and leaves the file as it is.
  update('npm is installing them, and what the lock file lacks');
  const lenient = await runQuietly(...npmCommand('install', '--no-save', ...NPM_OPTIONS), options);
  if (lenient.code !== 0) throw installError(lenient.output);
}

function installError(output) {
  return new BootstrapError(
    `${lastLines(output)}\n\nnpm could not install the dependencies. It needs its registry; start again when it can be reached.`,
  );
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
