// npm run bench -- NAME [options] [--json FILE]: compiles, runs one benchmark, prints its figures as a table and, if
// asked to, writes them as JSON: {bench, machine, versions, conditions, figures: [{name, value, unit, target?}]}.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { prepare } from './bootstrap/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...rest] = process.argv.slice(2);
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length));
if (!name || !names.includes(name)) {
  process.stderr.write(`Usage: npm run bench -- NAME [options] [--json FILE]\nNAME is one of: ${names.join(', ')}\n`);
  process.exit(64);
}

let jsonFile;
const options = [];
for (let index = 0; index < rest.length; index++) {
  if (rest[index] === '--json') jsonFile = rest[++index];
  else if (rest[index].startsWith('--json=')) jsonFile = rest[index].slice('--json='.length);
  else options.push(rest[index]);
}
if (jsonFile === undefined && rest.some((option) => option === '--json')) {
  process.stderr.write('--json needs a file name.\n');
  process.exit(64);
}

// What a benchmark starts (a broker, and the whole of them media workers and browsers) is found, or fetched, as for the
// tests.
const isWhole = name === 'users-per-core';
Object.assign(process.env, await prepare(isWhole ? ['deps', 'worker', 'broker', 'browser'] : ['deps', 'broker']));
const halves = isWhole ? ['server', 'web'] : ['server'];
const built = spawnSync(process.execPath, [join(root, 'tools/build.mjs'), ...halves], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
const file = join(root, 'dist/bench', `${name}.bench.js`);
if (!existsSync(file)) throw new Error(`${file} was not built.`);
const { run } = await import(pathToFileURL(file).href);
const report = await run(options);

const rows = report.figures.map(({ name: figure, value, unit, target }) => [
  figure,
  Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1),
  unit,
  target === undefined ? '' : String(target),
]);
const table = [['figure', 'value', 'unit', 'target'], ...rows];
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
process.stdout.write(`\n${report.bench} on ${report.machine.cpu} (${report.machine.cores} cores)\n`);
for (const [key, value] of Object.entries(report.conditions)) process.stdout.write(`  ${key}: ${value}\n`);
process.stdout.write('\n');
for (const row of table) {
  const cells = row.map((cell, column) => (column === 1 ? cell.padStart(widths[column]) : cell.padEnd(widths[column])));
  process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
}
if (jsonFile) {
  writeFileSync(resolve(jsonFile), `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`\nWritten to ${jsonFile}\n`);
}
process.exit(0);
