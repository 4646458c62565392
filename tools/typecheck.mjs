// Checks the types of everything: the server with Node's types, the web with the browser's.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const run = (script, ...args) =>
  spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' }).status;

if (run('tools/generate-wire.mjs') !== 0 || run('tools/generate-kernels.mjs') !== 0) process.exit(1);
const compiler = 'node_modules/typescript/bin/tsc';
const projects = ['tsconfig.json', 'web/tsconfig.json', 'tests/e2e/tsconfig.json', 'tests/durability/tsconfig.json'];
const failures = projects.filter((project) => run(compiler, '-p', project) !== 0);
if (failures.length > 0) {
  console.error(`Types do not hold in: ${failures.join(', ')}`);
  process.exit(1);
}
