// What only the tests need: a browser, and the tools that break a network on purpose.

import path from 'node:path';

import { BootstrapError } from './bootstrap.errors.mjs';
import { findProgram, isExecutable } from './run-command.mjs';
import { installPackages } from './system-packages.mjs';

const BROWSERS = ['chromium', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Returns the path of a Chromium or Chrome, installing the distribution's Chromium if need be. */
export async function ensureBrowser() {
  const given = process.env.CHROMIUM_BIN;
  if (given) {
    if (isExecutable(given)) return path.resolve(given);
    throw new BootstrapError(`CHROMIUM_BIN is ${given}, which is not a program.`);
  }
  const found = findProgram(...BROWSERS);
  if (found) return found;
  await installPackages(['chromium'], 'Testing in a browser');
  const installed = findProgram(...BROWSERS);
  if (installed) return installed;
  throw new BootstrapError(
    'No browser was found for the tests. Install Chromium or Chrome, or set CHROMIUM_BIN to its path.',
  );
}

/** Makes `ip` and `tc` available: the tests lose and delay packets with them. */
export async function ensureNetworkTools() {
  if (!findProgram('ip') || !findProgram('tc')) await installPackages(['iproute2'], 'Testing on a bad network');
}
