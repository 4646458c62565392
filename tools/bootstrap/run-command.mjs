// Starts other programs: quietly, with the end of their output at hand when they fail.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { BootstrapError } from './bootstrap.errors.mjs';

const TAIL_LINES = 25;

/**
 * Runs a program to its end without showing its output.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: object, onLine?: (line: string) => void }} options
 * @returns {Promise<{ code: number, output: string }>}  code 127 when the program cannot be started
 */
export function runQuietly(program, args, { cwd, env, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk) => {
      output += chunk;
      if (onLine) for (const line of String(chunk).split('\n')) if (line.trim()) onLine(line.trim());
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 128, output: signal ? `${output}${signal}\n` : output }),
    );
  });
}

/** Like runQuietly, but a failure becomes an error that shows the program's last lines and says what to do next. */
export async function runOrFail(program, args, { nextStep, ...options } = {}) {
  const { code, output } = await runQuietly(program, args, options);
  if (code === 0) return output;
  const failure = `${path.basename(program)} failed (exit code ${code}).`;
  throw new BootstrapError(`${lastLines(output)}\n\n${nextStep ? `${failure} ${nextStep}` : failure}`);
}

/** Runs a program with our own terminal and resolves to its exit code, 128 plus the number for a signal as shells do. */
export function runVisibly(program, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  });
}

export function lastLines(output, count = TAIL_LINES) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}

/** Finds the first of the given programs on PATH or in the folders where distributions put daemons. */
export function findProgram(...names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  for (const name of names) {
    for (const folder of [...folders, '/usr/local/sbin', '/usr/sbin', '/sbin']) {
      const file = path.join(folder, name);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

export function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Runs a program that answers within a moment and gives its exit code; undefined when it cannot run or hangs. */
export function probe(program, args = [], env = process.env) {
  return spawnSync(program, args, { env, stdio: 'ignore', timeout: 10_000 }).status ?? undefined;
}

/** The npm that started us, or else the one on PATH. */
export function npmCommand(...args) {
  const npm = process.env.npm_execpath;
  return npm && /npm-cli\.c?js$/.test(npm) ? [process.execPath, [npm, ...args]] : ['npm', args];
}

export function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal] ?? 0;
}
