// What the mediasoup worker is built from when it is built here: its sources, our three headers, one changed line.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { BootstrapError } from './bootstrap.errors.mjs';
import { shortHash } from './cache-folder.mjs';

export const SHIMS_FOLDER = fileURLToPath(new URL('./shims', import.meta.url));

/** Precompiled before the rest; kept with the shims because it is C++. */
export const COMMON_HEADERS = 'common-headers.hpp';

// MS_USE_BUILTIN_BWE leaves out libwebrtc and abseil, which only come by download. Assertions of the libraries are off as
// in mediasoup's own release build; the worker's own stay. Warnings are the business of those who can change the code.
export const COMPILER_FLAGS = [
  '-std=c++20',
  '-O2',
  '-DNDEBUG',
  '-w',
  '-pthread',
  '-DMS_LITTLE_ENDIAN',
  '-DMS_EXECUTABLE',
  '-DMS_USE_BUILTIN_BWE',
  '-DFLATBUFFERS_LOCALE_INDEPENDENT=1',
];

export const LIBRARIES = ['uv', 'ssl', 'crypto', 'srtp2', 'flatbuffers'];

// The flags of mediasoup's own build (worker/fbs/FBS/meson.build).
export const FLATC_FLAGS = [
  '--cpp',
  '--cpp-field-case-style',
  'lower',
  '--reflect-names',
  '--scoped-enums',
  '--filename-suffix',
  '',
];

/** Each package that the build needs, and the file or program that shows it is there. */
export const BUILD_PACKAGES = [
  { name: 'g++', program: 'g++' },
  { name: 'flatbuffers-compiler', program: 'flatc' },
  { name: 'libflatbuffers-dev', file: '/usr/include/flatbuffers/flatbuffers.h' },
  { name: 'libuv1-dev', file: '/usr/include/uv.h' },
  { name: 'libssl-dev', file: '/usr/include/openssl/ssl.h' },
  { name: 'libsrtp2-dev', file: '/usr/include/srtp2/srtp.h' },
];

// The handler that watches outgoing DTLS data answers 1 ("go on") where OpenSSL wants the result of the operation, because
// the operation's name and the "after it" bit come in one number. An OpenSSL built with kernel TLS takes that 1 for a yes
// when it asks whether the kernel encrypts, and the first handshake crashes.
const PATCHES = {
  'src/RTC/DtlsTransport.cpp': {
    from: '(operationType == BIO_CB_RETURN)',
    to: '((operationType & BIO_CB_RETURN) != 0)',
  },
};

/** Identifies everything of ours that goes into the binary. */
export function recipeHash() {
  const shims = ['srtp.h', 'ankerl/unordered_dense.h', COMMON_HEADERS];
  const texts = shims.map((file) => fs.readFileSync(path.join(SHIMS_FOLDER, file), 'utf8'));
  return shortHash(...texts, ...COMPILER_FLAGS, ...LIBRARIES, ...FLATC_FLAGS, JSON.stringify(PATCHES));
}

/**
 * Lists the source files of the worker, the patched ones as copies in the build folder: what npm installed stays as it is.
 *
 * @returns {{ name: string, file: string }[]}  the largest first, so that no long one is left alone at the end
 */
export function prepareSources(workerFolder, buildFolder) {
  const meson = fs.readFileSync(path.join(workerFolder, 'meson.build'), 'utf8');
  const list = /^common_sources = \[([^\]]*)\]/m.exec(meson)?.[1] ?? '';
  const names = [...list.matchAll(/'([^']+\.cpp)'/g)].map((match) => match[1]);
  if (names.length === 0)
    throw new BootstrapError(`${workerFolder}/meson.build does not list its sources as expected.`);
  return [...names, 'src/main.cpp']
    .map((name) => ({
      name,
      file: PATCHES[name] ? patchedCopy(name, workerFolder, buildFolder) : path.join(workerFolder, name),
    }))
    .map((source) => ({ ...source, sizeBytes: fs.statSync(source.file).size }))
    .sort((a, b) => b.sizeBytes - a.sizeBytes);
}

function patchedCopy(name, workerFolder, buildFolder) {
  const { from, to } = PATCHES[name];
  const pieces = fs.readFileSync(path.join(workerFolder, name), 'utf8').split(from);
  if (pieces.length !== 2) {
    // A new mediasoup: somebody has to look whether the line moved or the change is no longer needed.
    throw new BootstrapError(
      `${name} has "${from}" ${pieces.length - 1} times instead of once; see PATCHES in ${import.meta.url}.`,
    );
  }
  const copy = path.join(buildFolder, name);
  fs.mkdirSync(path.dirname(copy), { recursive: true });
  fs.writeFileSync(copy, pieces.join(to));
  return copy;
}
