// Makes dist/: every TypeScript source of apps/, libs/ and bench/ compiled one to one, and the web client bundled.
// The compiler does not check types; `npm run typecheck` does. `node tools/build.mjs server` or `web` makes one half.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const halves = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const wants = (half) => halves.length === 0 || halves.includes(half);

for (const tool of ['tools/generate-wire.mjs', 'tools/generate-kernels.mjs']) {
  execFileSync(process.execPath, [join(root, tool)], { stdio: 'inherit' });
}
if (wants('server')) buildServer();
if (wants('web') && existsSync(join(root, 'web/client/vite.config.ts'))) await buildWeb();

/** Nest's own builder (nest-cli.json) compiles; what it does not know is done around it. */
function buildServer() {
  execFileSync(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // What has no source any more must not be imported by accident.
  for (const folder of ['apps', 'libs', 'bench']) {
    for (const file of listFiles(join(dist, folder))) {
      const source = join(root, relative(dist, file)).replace(/\.js(\.map)?$/, '.ts');
      if (!file.includes('/generated/') && !existsSync(source)) rmSync(file);
    }
  }
  for (const lib of ['wire', 'dsp']) {
    const generated = `libs/${lib}/src/generated`;
    cpSync(join(root, generated), join(dist, generated), { recursive: true });
  }
  // The compiled files are ES modules, and the version they report is the repository's.
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(
    join(dist, 'package.json'),
    `${JSON.stringify({ name: 'vicinity', version, type: 'module' }, null, 2)}\n`,
  );
  execFileSync(process.execPath, [join(root, 'tools/make-executable.mjs')], { stdio: 'inherit' });
}

async function buildWeb() {
  const { build } = await import('vite');
  await build({
    root: join(root, 'web/client'),
    configFile: join(root, 'web/client/vite.config.ts'),
    logLevel: 'warn',
  });
}

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules') return [];
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}
