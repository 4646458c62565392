// Where things live that are expensive to make and belong to the machine rather than to one checkout.

import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { BootstrapError } from './bootstrap.errors.mjs';
import { findProgram } from './run-command.mjs';

/** The cache folder, created when missing. */
export function cacheFolder() {
  const folder =
    process.env.VICINITY_CACHE_DIR ||
    path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'vicinity');
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw new BootstrapError(
      `The cache folder cannot be used (${error.message}). Set VICINITY_CACHE_DIR to another one.`,
    );
  }
  return path.resolve(folder);
}

/** Names the system a binary was made for, because home folders are carried from one machine to another. */
export function systemName() {
  let release = '';
  try {
    const fields = fs.readFileSync('/etc/os-release', 'utf8');
    const field = (name) => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(fields)?.[1] ?? '';
    release = `${field('ID')}${field('VERSION_ID')}`;
  } catch {
    release = os.release();
  }
  return `${os.platform()}-${os.arch()}-${release}`.replace(/[^\w.-]/g, '_');
}

/**
 * Does the work while holding the machine-wide lock of that name, so that two starts at once do not do it twice.
 *
 * The kernel keeps the lock (flock) and frees it however the holder ends: flock's own child lives as long as our end of
 * its standard input. Systems without flock go ahead without; results are put in place atomically anyway.
 *
 * @param {string} name
 * @param {() => void} onWait  called when somebody else holds the lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @template T
 */
export async function withLock(name, onWait, work) {
  const flock = findProgram('flock');
  if (!flock) return work();
  const lockFile = path.join(cacheFolder(), `${name}.lock`);
  const holder = spawn(flock, ['--exclusive', lockFile, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // In a group of its own, so that a Ctrl-C does not take the lock away while the work is still being stopped.
    detached: true,
  });
  const ended = new Promise((resolve) => holder.on('close', resolve));
  const waitTimer = setTimeout(onWait, 1_000);
  try {
    await Promise.race([new Promise((resolve) => holder.stdout.once('data', resolve)), ended]);
    clearTimeout(waitTimer);
    return await work();
  } finally {
    clearTimeout(waitTimer);
    holder.stdin.end();
    await ended;
  }
}

export function shortHash(...parts) {
  const hash = crypto.createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 12);
}
