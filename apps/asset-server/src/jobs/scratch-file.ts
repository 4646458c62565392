import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Gives a job a name for a file of its own, and removes the file when the job has ended, however it did. */
export async function withScratchFile<T>(folder: string, act: (path: string) => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, randomBytes(8).toString('hex'));
  try {
    return await act(path);
  } finally {
    await rm(path, { force: true });
  }
}
