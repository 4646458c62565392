// Turns proto/ into libs/wire/src/generated/wire.{js,d.ts} with protobufjs. Runs only when a .proto changed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outputFolder = join(root, 'libs/wire/src/generated');
const protoFolder = join(root, 'proto');
const protoFiles = readdirSync(join(protoFolder, 'vicinity/v1'))
  .filter((name) => name.endsWith('.proto'))
  .sort()
  .map((name) => join(protoFolder, 'vicinity/v1', name));

const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
for (const file of protoFiles) hash.update(file.slice(root.length)).update(readFileSync(file));
const digest = hash.digest('hex');
const stampFile = join(outputFolder, '.stamp');
if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest) process.exit(0);

mkdirSync(outputFolder, { recursive: true });
const cli = (name, args) =>
  execFileSync(process.execPath, [join(root, 'node_modules/protobufjs-cli/bin', name), ...args], { stdio: 'inherit' });
const javascript = join(outputFolder, 'wire.js');
const draft = join(outputFolder, `wire.${process.pid}.draft.js`);
// No Long: the only 64-bit fields are times and sequence numbers, exact in a double up to 2^53.
cli('pbjs', [
  '-t',
  'static-module',
  '-w',
  'es6',
  '--force-number',
  '--no-comments',
  '--no-delimited',
  '--no-verify',
  '--no-service',
  '-p',
  protoFolder,
  '-o',
  draft,
  ...protoFiles,
]);
const commented = join(outputFolder, `wire.${process.pid}.commented.js`);
cli('pbjs', [
  '-t',
  'static-module',
  '-w',
  'es6',
  '--force-number',
  '--no-delimited',
  '--no-verify',
  '--no-service',
  '-p',
  protoFolder,
  '-o',
  commented,
  ...protoFiles,
]);
cli('pbts', ['-o', join(outputFolder, 'wire.d.ts'), commented]);
// Node's ES modules want a default import from CommonJS and the file's full name. 64-bit fields are numbers everywhere
// (protobufjs makes objects of them wherever it finds the package "long"), and Node uses the same plain Uint8Array code
// as browsers do, so that slice() always copies and what is tested is what browsers run. Of a oneof the last one counts;
// protobufjs deletes all others, which takes as long as all the rest of decoding an entity, so only what is there goes.
const source = readFileSync(draft, 'utf8').replace(
  /import\s+(?:\*\s+as\s+)?\$protobuf\s+from\s+["']protobufjs\/minimal(?:\.js)?["'];/,
  'import $protobuf from "protobufjs/minimal.js";\n$protobuf.util.Long = null;\n$protobuf.util.Buffer = null;\n$protobuf.configure();\n' +
    '$protobuf.util.oneOfSetter = (names) => function (name) {\n' +
    '    for (const other of names) if (other !== name && Object.hasOwn(this, other)) delete this[other];\n};',
);
if (!source.includes('import $protobuf from "protobufjs/minimal.js";')) throw new Error('pbjs changed its import line');
writeFileSync(draft, source);
renameSync(draft, javascript);
execFileSync('rm', ['-f', commented]);
writeFileSync(stampFile, digest);
