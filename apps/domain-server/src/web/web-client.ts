import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with the built web client: dist/web, seen from dist/apps/domain-server/src/web or from the sources. */
export function findWebDir(given: string | undefined): string {
  if (given) return resolve(given);
  const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
  return (
    [join(root, 'web'), join(root, 'dist/web')].find((folder) => existsSync(join(folder, 'index.html'))) ??
    join(root, 'web')
  );
}
