/**
 * Who may import whom. The arrows point downwards only, and each vendor has one room, so that replacing a vendor or
 * running a role's logic without sockets touches one room. See docs/architecture.md.
 */

/** What is wrong with one import, in words that say why the rule exists. */
export interface BrokenBoundary {
  file: string;
  imported: string;
  rule: string;
}

/** For each lib, the libs it may import. Order is bottom first. */
const LIB_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  world: [],
  clock: [],
  wire: ['world'],
  spatial: ['world'],
  dsp: ['world', 'spatial'],
  settings: ['world'],
  'opus-wasm': ['world'],
  opus: ['world', 'opus-wasm'],
  broker: ['world', 'clock'],
  media: ['world', 'clock'],
  assets: ['world', 'clock', 'settings', 'broker'],
  roster: ['world', 'wire'],
  actor: ['world', 'clock', 'wire', 'broker'],
  journal: ['world', 'clock', 'broker', 'actor'],
  vircadia: ['world'],
  entities: ['world', 'clock', 'wire', 'broker', 'journal', 'vircadia'],
  runtime: ['world', 'clock', 'wire', 'settings', 'broker'],
  keeper: ['world', 'clock', 'wire', 'broker', 'assets', 'journal', 'vircadia', 'entities', 'runtime'],
  testing: ['world', 'clock', 'wire', 'broker', 'runtime'],
};

/** Packages that only one room may name, and why. */
const VENDOR_FENCES: ReadonlyArray<{ vendor: RegExp; rooms: RegExp; why: string }> = [
  {
    vendor: /^(@nats-io\/|nats$)/,
    rooms: /^libs\/broker\//,
    why: 'the broker can be replaced, and simulated, in one room',
  },
  {
    vendor: /^(mediasoup|sdp-transform)/,
    rooms: /^libs\/media\//,
    why: 'the media server can be replaced in one room',
  },
  { vendor: /^@evan\/opus/, rooms: /^libs\/opus(-wasm)?\//, why: 'the codec can be replaced in one room' },
  {
    vendor: /^assemblyscript/,
    rooms: /^tools\//,
    why: 'kernels are compiled when the project is built, never where it runs',
  },
  {
    vendor: /^@dimforge\//,
    rooms: /^apps\/entity-server\/src\/physics\//,
    why: 'the physics engine can be replaced in one room',
  },
  {
    vendor: /^@aws-sdk/,
    rooms: /^libs\/assets\//,
    why: 'how files are stored concerns nobody else',
  },
  {
    vendor: /^(@gltf-transform|meshoptimizer)/,
    rooms: /^apps\/asset-server\//,
    why: 'how models are made smaller concerns nobody else',
  },
  {
    vendor: /^(minimp3-wasm|audio-decode|mpg123-decoder|ogg-opus-decoder|@wasm-audio-decoders\/)/,
    rooms: /^apps\/audio-mixer\/src\/injector\//,
    why: 'formats of sound files end where the samples begin',
  },
  { vendor: /^protobufjs/, rooms: /^libs\/wire\//, why: 'everything outside meets checked values only' },
  { vendor: /^(pino|prom-client)/, rooms: /^libs\/runtime\//, why: 'logs and metrics look the same in every role' },
  {
    vendor: /^@nestjs\//,
    rooms: /^libs\/runtime\/|\/main\.ts$|\.module\.ts$|\.controller\.ts$|\.gateway\.ts$|\.tokens\.ts$/,
    why: 'the logic of a role is plain TypeScript, so that it runs in a simulation without Nest',
  },
];

/** Sources in AssemblyScript, another language with the same look: they know only each other. */
const KERNELS = /^libs\/dsp\/assembly\//;

/** Libs that run in a browser as well, and so may not need Node. */
const BROWSER_LIBS = ['world', 'wire', 'spatial', 'dsp'];

/** Files that are no part of what runs: tests, and the configuration of build tools. */
const isTest = (file: string): boolean =>
  /\.(spec|e2e-spec|fuzz-spec|contract|fixture|config)\.ts$/.test(file) ||
  /^(tests|bench|tools)\//.test(file) ||
  /\/test\//.test(file);

/** Module names that a source imports, statically or dynamically. */
export function importsOf(source: string): string[] {
  const withoutComments = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found: string[] = [];
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"\n]+)\1/g;
  for (const match of withoutComments.matchAll(pattern)) found.push(match[2]);
  return found;
}

/**
 * @param file    path from the repository's root, with forward slashes
 * @param source  the file's text
 */
export function findBrokenBoundaries(file: string, source: string): BrokenBoundary[] {
  return importsOf(source).flatMap((imported) => {
    const rule = brokenRule(file, imported);
    return rule ? [{ file, imported, rule }] : [];
  });
}

function brokenRule(file: string, imported: string): string | undefined {
  const [kind, room] = file.split('/');
  const lib = /^@app\/([a-z-]+)$/.exec(imported)?.[1];
  if (imported.startsWith('@app/') && !lib) return 'a lib has one door, @app/<lib>';
  if (imported.startsWith('.')) return brokenPath(file, imported);
  if (KERNELS.test(file)) return 'kernels are written in another language and can import nothing but each other';
  if (isTest(file)) return undefined;
  if (lib === 'testing') return 'test kits are for tests';
  if (kind === 'libs' && lib) {
    if (lib !== room && !LIB_MAY_IMPORT[room]?.includes(lib))
      return `libs/${room} may not know libs/${lib}: arrows point downwards`;
    return undefined;
  }
  if (kind === 'web' && lib && !BROWSER_LIBS.includes(lib)) return `the browser cannot run libs/${lib}`;
  if (imported.startsWith('node:') && (kind === 'web' || (kind === 'libs' && BROWSER_LIBS.includes(room)))) {
    return 'this code runs in browsers too';
  }
  const fence = VENDOR_FENCES.find(({ vendor }) => vendor.test(imported));
  if (fence && !fence.rooms.test(file)) return `${imported} has one room: ${fence.why}`;
  return undefined;
}

function brokenPath(file: string, imported: string): string | undefined {
  const target = targetOf(file, imported);
  if (KERNELS.test(file) !== KERNELS.test(target)) return 'kernels meet the rest of the lib in memory, not by imports';
  if (roomOf(file) !== roomOf(target) && !isTest(file)) return 'rooms meet at their doors, not through relative paths';
  return undefined;
}

/** Where a relative import leads, as a path from the repository's root. */
function targetOf(file: string, imported: string): string {
  const parts = file.split('/').slice(0, -1);
  for (const step of imported.split('/')) {
    if (step === '..') parts.pop();
    else if (step !== '.') parts.push(step);
  }
  return parts.join('/');
}

/** The app, lib or web package that a file is part of, or the folder at the top. */
function roomOf(file: string): string {
  const parts = file.split('/');
  return ['apps', 'libs', 'web'].includes(parts[0]) ? parts.slice(0, 2).join('/') : parts[0];
}
