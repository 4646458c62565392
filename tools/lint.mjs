// Holds the house rules that a program can hold: eslint on sources, buf on the wire, prettier's layout.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isFixing = process.argv.includes('--fix');
const steps = [
  ['eslint', ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0', ...(isFixing ? ['--fix'] : [])]],
  ['buf', ['node_modules/@bufbuild/buf/bin/buf', 'lint', 'proto']],
  [
    'prettier',
    ['node_modules/prettier/bin/prettier.cjs', isFixing ? '--write' : '--check', '--log-level', 'warn', '.'],
  ],
];
const failures = [];
for (const [name, command] of steps) {
  if (spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status !== 0) failures.push(name);
}
if (failures.length > 0) {
  console.error(`Not clean: ${failures.join(', ')}. \`npm run lint -- --fix\` mends what can be mended.`);
  process.exit(1);
}
