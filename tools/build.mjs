// Makes dist/: every TypeScript source of apps/, libs/ and bench/ compiled one to one, and the web client bundled.
// The compiler does not check types; `npm run typecheck` does. `node tools/build.mjs server` or `web` makes one half.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const halves = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const wants = (half) => halves.length === 0 || halves.includes(half);

execFileSync(process.execPath, [join(root, 'tools/generate-wire.mjs')], { stdio: 'inherit' });
if (wants('server')) await buildServer();
if (wants('web') && existsSync(join(root, 'web/client/vite.config.ts'))) await buildWeb();

async function buildServer() {
  const options = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));
  delete options.$schema;
  options.jsc.baseUrl = root;
  const sources = ['apps', 'libs', 'bench'].flatMap((folder) => listFiles(join(root, folder))).filter(isServerSource);
  const outputs = new Set();
  await Promise.all(
    sources.map(async (file) => {
      const target = join(dist, relative(root, file)).replace(/\.ts$/, '.js');
      outputs.add(target);
      if (existsSync(target) && statSync(target).mtimeMs > statSync(file).mtimeMs) return;
      const { code, map } = await transform(readFileSync(file, 'utf8'), {
        ...options,
        swcrc: false,
        filename: file,
        sourceFileName: relative(dirname(target), file),
      });
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, `${code}\n//# sourceMappingURL=${target.slice(target.lastIndexOf('/') + 1)}.map\n`);
      writeFileSync(`${target}.map`, map);
    }),
  );
  // What has no source any more must not be imported by accident.
  for (const folder of ['apps', 'libs', 'bench']) {
    for (const file of listFiles(join(dist, folder))) {
      const made = file.replace(/\.map$/, '');
      if (file.endsWith('.js') || file.endsWith('.map'))
        if (!outputs.has(made) && !file.includes('/generated/')) rmSync(file);
    }
  }
  cpSync(join(root, 'libs/wire/src/generated'), join(dist, 'libs/wire/src/generated'), { recursive: true });
  // The compiled files are ES modules, and the version they report is the repository's.
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(
    join(dist, 'package.json'),
    `${JSON.stringify({ name: 'vicinity', version, type: 'module' }, null, 2)}\n`,
  );
}

async function buildWeb() {
  const { build } = await import('vite');
  await build({
    root: join(root, 'web/client'),
    configFile: join(root, 'web/client/vite.config.ts'),
    logLevel: 'warn',
  });
}

function isServerSource(file) {
  return file.endsWith('.ts') && !file.endsWith('.d.ts') && !/\.(spec|e2e-spec|fuzz-spec|contract)\.ts$/.test(file);
}

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules') return [];
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}
