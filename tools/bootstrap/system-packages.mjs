// Packages of the distribution: installed when we may, and asked for in one sentence when we may not.

import fs from 'node:fs';
import path from 'node:path';

import { BootstrapError } from './bootstrap.errors.mjs';
import { withProgress } from './progress.mjs';
import { findProgram, lastLines, probe, runQuietly } from './run-command.mjs';

const APT_OPTIONS = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Use-Pty=0'];
// The package lists are older than the archive, or were never fetched; both are mended by `apt-get update`.
const LISTS_ARE_STALE = /Unable to locate package|has no installation candidate|Unable to fetch|404 +Not Found/;

/** Installs the packages, or throws a sentence that names the command. `why` completes "… needs these packages". */
export async function installPackages(names, why) {
  const prefix = administratorPrefix();
  const byHand = `apt-get install ${names.join(' ')}`;
  if (!findProgram('apt-get')) {
    throw new BootstrapError(`${why} needs what Debian calls ${names.join(', ')}. Install these and start again.`);
  }
  if (!prefix)
    throw new BootstrapError(`${why} needs system packages. Run this, then start again:\n\n  sudo ${byHand}`);

  await withProgress(`system packages (${names.join(' ')})`, async (update) => {
    const { code, output } = await runWithFreshLists(prefix, ['apt-get', 'install', ...APT_OPTIONS, ...names], update);
    if (code !== 0) {
      throw new BootstrapError(
        `${lastLines(output)}\n\n${why} needs system packages, and "${byHand}" failed as above.`,
      );
    }
  });
}

/**
 * Fetches one package and unpacks it in a folder, without installing it: nothing of it is registered or started, and no
 * administrator is needed.
 *
 * @returns {Promise<boolean>}  false when the package cannot be had here
 */
export async function unpackPackage(name, folder, update = () => {}) {
  if (!findProgram('apt-get') || !findProgram('dpkg-deb')) return false;
  fs.mkdirSync(folder, { recursive: true });
  const download = ['apt-get', 'download', name];
  let result = await runApt([], download, update, folder);
  if (result.code !== 0 && administratorPrefix()) {
    await runApt(administratorPrefix(), ['apt-get', 'update'], update);
    result = await runApt([], download, update, folder);
  }
  const archive = fs.readdirSync(folder).find((file) => file.endsWith('.deb'));
  if (result.code !== 0 || !archive) return false;
  const { code } = await runQuietly('dpkg-deb', ['-x', path.join(folder, archive), folder]);
  fs.rmSync(path.join(folder, archive));
  return code === 0;
}

async function runWithFreshLists(prefix, command, update) {
  const first = await runApt(prefix, command, update);
  if (first.code === 0 || !LISTS_ARE_STALE.test(first.output)) return first;
  await runApt(prefix, ['apt-get', 'update', '-o', 'DPkg::Lock::Timeout=120'], update);
  return runApt(prefix, command, update);
}

function runApt(prefix, command, update, cwd) {
  // env comes after the prefix, because sudo drops our own environment. Without a terminal no package may ask questions.
  const [program, ...args] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C', ...command];
  return runQuietly(program, args, { cwd, onLine: (line) => update(describe(line)) });
}

function describe(line) {
  const [, step, name] = /^(Get:\d+|Unpacking|Setting up) (\S+)/.exec(line) ?? [];
  if (!step) return 'apt-get is working';
  if (step.startsWith('Get')) return 'downloading';
  return `${step === 'Unpacking' ? 'unpacking' : 'setting up'} ${name}`;
}

/** What has to stand before a command to run it as administrator; undefined when we may not. */
function administratorPrefix() {
  if (process.getuid?.() === 0) return [];
  return findProgram('sudo') && probe('sudo', ['-n', 'true']) === 0 ? ['sudo', '-n'] : undefined;
}
