import type { WorldFormat } from '@app/keeper';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from '../cli.errors.js';

/** How a file is to be written. */
export interface FileFormat {
  readonly format: WorldFormat;
  readonly isGzipped: boolean;
}

/**
 * The format that a file's name and the flag `--format` ask for. Fails with `cli-usage` when they contradict each other, or
 * say nothing.
 */
export function formatOf(path: string, asked: string): FileFormat {
  const isZip = /\.zip$/i.test(path);
  const isJson = /\.json$/i.test(path);
  const isGzipped = /\.json\.gz$/i.test(path);
  const byName: WorldFormat | undefined = isZip ? 'archive' : isJson || isGzipped ? 'models' : undefined;
  const format = asked === 'auto' ? byName : (asked as WorldFormat);
  if (!format)
    throw new CliError('cli-usage', 'The file ends with .zip, .json or .json.gz, or --format says what it is.');
  if (byName && (format === 'models') !== (byName === 'models')) {
    throw new CliError('cli-usage', `The format ${format} does not fit the name ${path}.`);
  }
  return { format, isGzipped };
}

/**
 * Writes a file as a whole: until it is complete, another one of that name stays as it is. Resolves with its size. Fails
 * with `cli-file-unusable`, or as `chunks` does; then nothing is left.
 */
export async function writeWhole(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const draft = `${path}.${randomBytes(4).toString('hex')}.part`;
  const file = await usable(path, () => open(draft, 'wx', 0o600));
  try {
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      await usable(path, () => file.writeFile(chunk));
      sizeBytes += chunk.length;
    }
    await usable(path, () => file.sync());
    await file.close();
    await usable(path, () => rename(draft, path));
    return sizeBytes;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

/** What the file system refuses, in one sentence. */
export async function usable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) throw cause;
    throw new CliError('cli-file-unusable', refusalText(path, code), { cause });
  }
}

function refusalText(path: string, code: string): string {
  if (code !== 'ENOENT') return `The file ${path} cannot be used (${code}).`;
  const folder = dirname(path);
  return existsSync(folder) ? `There is no file ${path}.` : `There is no folder ${folder}.`;
}
