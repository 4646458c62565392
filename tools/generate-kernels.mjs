// Turns libs/dsp/assembly/ into libs/dsp/src/generated/kernels.{js,d.ts} with AssemblyScript: the bytes of one WebAssembly
// module as text, so that Node, bundlers and browsers load it as they load any other module. Runs only when something
// changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sourceFolder = join(root, 'libs/dsp/assembly');
const outputFolder = join(root, 'libs/dsp/src/generated');
const compilerVersion = JSON.parse(
  readFileSync(join(root, 'node_modules/assemblyscript/package.json'), 'utf8'),
).version;

const hash = createHash('sha256')
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .update(compilerVersion);
for (const name of readdirSync(sourceFolder).sort()) {
  if (name.endsWith('.ts')) hash.update(name).update(readFileSync(join(sourceFolder, name)));
}
const digest = hash.digest('hex');
const stampFile = join(outputFolder, '.stamp');
if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest) process.exit(0);

const bytes = await compile();
mkdirSync(outputFolder, { recursive: true });
replace('kernels.js', `export const KERNELS_BASE64 =\n  '${Buffer.from(bytes).toString('base64')}';\n`);
replace(
  'kernels.d.ts',
  '/** The WebAssembly module made from libs/dsp/assembly. */\nexport const KERNELS_BASE64: string;\n',
);
replace('.stamp', digest);

/** No heap and no collector: the module owns nothing but constants below the areas of MixMemory. */
async function compile() {
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const options = ['-O3', '--noAssert', '--converge', '--runtime', 'stub', '--enable', 'simd', '--importMemory'];
  const { error, stderr } = await asc.main(
    ['index.ts', '--outFile', 'kernels.wasm', ...options, '--initialMemory', '1', '--use', 'abort='],
    {
      readFile: (name, folder) => {
        const file = join(sourceFolder, folder ?? '', name);
        return existsSync(file) ? readFileSync(file, 'utf8') : null;
      },
      writeFile: (name, contents) => {
        if (name === 'kernels.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) {
    process.stderr.write(stderr.toString());
    throw error;
  }
  return binary;
}

/** Others may read at any time, so files appear whole. */
function replace(name, text) {
  const draft = join(outputFolder, `${name}.${process.pid}.draft`);
  writeFileSync(draft, text);
  renameSync(draft, join(outputFolder, name));
}
