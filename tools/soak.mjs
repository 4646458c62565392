// npm run soak -- durability [--seed=1] [--minutes=30] [--pages=1] [--shards=2]: a test of real processes for as long as you
// like. It prints its seed, and the same seed draws the same edits and misfortunes; when they meet is up to the machine.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './bootstrap/prepare.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const SPECS = { durability: 'tests/durability/durability.e2e-spec.ts' };
const OPTION = /^--(seed|minutes|pages|shards)=(\d+(?:\.\d+)?)$/;

const [name, ...options] = process.argv.slice(2);
if (!Object.hasOwn(SPECS, name ?? '') || options.some((option) => !OPTION.test(option))) {
  process.stderr.write('Usage: npm run soak -- durability [--seed=N] [--minutes=N] [--pages=N] [--shards=N]\n');
  process.exit(64);
}
const given = options.map((option) => option.match(OPTION));
const settings = { seed: String(1 + (Date.now() % 1_000_000)), minutes: '30' };
for (const [, option, value] of given) settings[option] = value;

const environment = { ...process.env, ...(await prepare(['deps', 'worker', 'broker', 'browser', 'build'])) };
for (const [option, value] of Object.entries(settings)) environment[`SOAK_${option.toUpperCase()}`] = value;
process.stdout.write(`${name}: ${JSON.stringify(settings)}\n`);
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const run = spawnSync(process.execPath, [...jest, '--runTestsByPath', SPECS[name]], {
  cwd: root,
  env: environment,
  stdio: 'inherit',
});
process.exit(run.status ?? 1);
