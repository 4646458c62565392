import { transformFile } from '@swc/core';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const FOLDERS = ['apps/audio-mixer/src/injector/decode', 'libs/opus-wasm/src', 'libs/world/src'];

/** The code of the decoding thread as it is shipped, compiled into a folder of its own: threads run outside of Jest. */
export async function compileThread(): Promise<URL> {
  const target = await mkdtemp(join(tmpdir(), 'decode-thread-'));
  symlinkSync(join(root, 'node_modules'), join(target, 'node_modules'));
  writeFileSync(join(target, 'package.json'), '{ "type": "module" }');
  const options = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8')) as Record<string, unknown>;
  delete options.exclude;
  delete options.$schema;
  const sources = FOLDERS.flatMap(listSources);
  await Promise.all(
    sources.map(async (source) => {
      const { code } = await transformFile(join(root, source), {
        ...options,
        cwd: root,
        swcrc: false,
        sourceMaps: false,
        jsc: { ...(options.jsc as object), baseUrl: root },
      });
      const path = join(target, source.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, code);
    }),
  );
  return pathToFileURL(join(target, FOLDERS[0], 'decode-thread.js'));
}

function listSources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return listSources(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('spec.ts') ? [path] : [];
  });
}
