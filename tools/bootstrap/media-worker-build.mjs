// Builds the mediasoup worker from the source in its npm package, against the distribution's libraries.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import {
  BUILD_PACKAGES,
  COMMON_HEADERS,
  COMPILER_FLAGS,
  FLATC_FLAGS,
  LIBRARIES,
  SHIMS_FOLDER,
  prepareSources,
} from './media-worker-sources.mjs';
import { formatDuration } from './progress.mjs';
import { findProgram, runOrFail } from './run-command.mjs';
import { installPackages } from './system-packages.mjs';

// The largest file needs about 0.6 GB to compile.
const MEMORY_PER_JOB_BYTES = 700e6;
// A file costs about as much for its headers as for this much of its own text; only the estimate of the time left asks.
const HEADERS_COST_BYTES = 10_000;
const NEXT_STEP =
  'To go on without this build, set MEDIASOUP_WORKER_BIN to a worker of the same mediasoup version that was built elsewhere.';

/** Installs what the build needs and this machine does not have. */
export async function installBuildPackages() {
  const missing = BUILD_PACKAGES.filter(({ file, program }) =>
    program ? !findProgram(program) : !fs.existsSync(file),
  );
  if (missing.length > 0)
    await installPackages(
      missing.map(({ name }) => name),
      'Building the mediasoup worker',
    );
}

/**
 * Compiles and links the worker in the build folder. What an interrupted build had finished is used again.
 *
 * @param {string} workerFolder  mediasoup's `worker` folder
 * @param {string} buildFolder   belongs to this build alone while it runs
 * @param {(text: string) => void} update
 * @returns {Promise<string>}  the binary's path
 */
export async function buildMediaWorker(workerFolder, buildFolder, update) {
  const objectsFolder = path.join(buildFolder, 'objects');
  const headersFolder = path.join(buildFolder, 'generated');
  fs.mkdirSync(objectsFolder, { recursive: true });
  fs.mkdirSync(path.join(headersFolder, 'FBS'), { recursive: true });

  update('generating headers');
  const schemas = fs.readdirSync(path.join(workerFolder, 'fbs')).filter((file) => file.endsWith('.fbs'));
  const schemaFiles = schemas.map((file) => path.join(workerFolder, 'fbs', file));
  await runOrFail('flatc', [...FLATC_FLAGS, '-o', path.join(headersFolder, 'FBS'), ...schemaFiles], {
    nextStep: NEXT_STEP,
  });

  const includes = [SHIMS_FOLDER, headersFolder, path.join(workerFolder, 'include')].flatMap((folder) => [
    '-I',
    folder,
  ]);
  const flags = [...COMPILER_FLAGS, ...includes];
  const commonHeaders = await precompileHeaders(flags, buildFolder);

  const objects = await compileAll(
    prepareSources(workerFolder, buildFolder).map(({ name, file, sizeBytes }) => ({
      file,
      cost: sizeBytes + HEADERS_COST_BYTES,
      object: path.join(objectsFolder, `${name.replaceAll('/', '__')}.o`),
    })),
    [...flags, '-include', commonHeaders],
    update,
  );

  update('linking');
  const binary = path.join(buildFolder, 'mediasoup-worker');
  await runOrFail('g++', ['-pthread', '-s', '-o', binary, ...objects, ...LIBRARIES.map((library) => `-l${library}`)], {
    nextStep: NEXT_STEP,
  });
  return binary;
}

async function precompileHeaders(flags, buildFolder) {
  const copy = path.join(buildFolder, COMMON_HEADERS);
  fs.copyFileSync(path.join(SHIMS_FOLDER, COMMON_HEADERS), copy);
  // The compiler finds the precompiled form by its name beside the header, and falls back to the header itself.
  await compile([...flags, '-x', 'c++-header'], copy, `${copy}.gch`);
  return copy;
}

async function compileAll(sources, flags, update) {
  const todo = sources.filter(({ object }) => !fs.existsSync(object));
  const costOf = (files) => files.reduce((sum, { cost }) => sum + cost, 0);
  const totalCost = costOf(todo);
  const startMs = Date.now();
  let finished = 0;
  let finishedCost = 0;
  let failed = false;
  const report = (cost) => {
    finished += 1;
    finishedCost += cost;
    const leftMs = ((Date.now() - startMs) / finishedCost) * (totalCost - finishedCost);
    const done = sources.length - todo.length + finished;
    update(`${done} of ${sources.length} files${finished > 5 ? `, ${formatDuration(leftMs)} left` : ''}`);
  };
  const queue = todo.values();
  const runJob = async () => {
    for (const { file, object, cost } of queue) {
      if (failed) return;
      try {
        await compile([...flags, '-c'], file, object);
      } catch (error) {
        failed = true;
        throw error;
      }
      report(cost);
    }
  };
  const jobs = Math.max(1, Math.min(os.availableParallelism(), Math.floor(os.totalmem() / MEMORY_PER_JOB_BYTES)));
  await Promise.all(Array.from({ length: jobs }, runJob));
  return sources.map(({ object }) => object);
}

/** Compiles to a file beside the object first: an object that exists is a whole one, also after a kill. */
async function compile(flags, file, object) {
  await runOrFail('g++', [...flags, file, '-o', `${object}.part`], { nextStep: NEXT_STEP });
  fs.renameSync(`${object}.part`, object);
}
