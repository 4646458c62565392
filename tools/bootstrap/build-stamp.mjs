// Whether dist/ still is what the sources say.

import fs from 'node:fs';
import path from 'node:path';

import { shortHash, withLock } from './cache-folder.mjs';
import { withProgress } from './progress.mjs';
import { runOrFail } from './run-command.mjs';

const SOURCE_FOLDERS = ['apps', 'libs', 'bench', 'web', 'proto', 'tools/build'];
const SOURCE_FILES = [
  'tools/build.mjs',
  'tools/generate-wire.mjs',
  'tools/generate-kernels.mjs',
  'package.json',
  'package-lock.json',
  'nest-cli.json',
  '.swcrc',
];
// Folders that a build fills, or that are none of its business.
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'generated', 'coverage']);
const TEST_FILE = /[.-]spec\.[cm]?[jt]sx?$/;

/** Builds dist/ when a source has changed since the last build. */
export async function ensureBuild(root) {
  if (isFresh(root)) return;
  await withProgress('build', (update) =>
    withLock(
      `build-${shortHash(root)}`,
      () => update('waiting for another start that builds'),
      async () => {
        if (isFresh(root)) return;
        // Taken before the build, so that a source saved while it runs makes the next start build again.
        const stamp = sourceStamp(root);
        await runOrFail(process.execPath, [path.join(root, 'tools', 'build.mjs')], { cwd: root, onLine: update });
        fs.mkdirSync(path.join(root, 'dist'), { recursive: true });
        fs.writeFileSync(stampFile(root), stamp);
      },
    ),
  );
}

function isFresh(root) {
  // Git knows nothing of the generated files, and the tests read them from here rather than from dist/.
  const generated = ['libs/wire/src/generated', 'libs/dsp/src/generated'];
  if (!generated.every((folder) => fs.existsSync(path.join(root, folder)))) return false;
  try {
    return fs.readFileSync(stampFile(root), 'utf8') === sourceStamp(root);
  } catch {
    return false;
  }
}

function stampFile(root) {
  return path.join(root, 'dist', '.stamp');
}

/** Changes when a source file is added, removed, resized or saved. Reading contents would take longer than the start may. */
function sourceStamp(root) {
  const entries = [];
  const add = (file) => {
    const stats = fs.statSync(path.join(root, file), { throwIfNoEntry: false });
    if (stats) entries.push(`${file} ${stats.size} ${stats.mtimeMs}`);
  };
  const addFolder = (folder) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name)) addFolder(name);
      } else if (!TEST_FILE.test(entry.name)) add(name);
    }
  };
  for (const folder of SOURCE_FOLDERS) if (fs.existsSync(path.join(root, folder))) addFolder(folder);
  const configurations = fs.readdirSync(root).filter((file) => /^tsconfig.*\.json$/.test(file));
  for (const file of [...SOURCE_FILES, ...configurations]) add(file);
  return shortHash(process.version, ...entries.sort());
}
