import type { ZipSource } from '@app/vircadia';
import { type FileHandle, open } from 'node:fs/promises';

/** A file that is read in pieces. */
export interface FileSource extends ZipSource {
  /** A second call is harmless. */
  close(): Promise<void>;
}

/** Opens a file for reading. Fails as the file system does. */
export async function openFileSource(path: string): Promise<FileSource> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return {
      sizeBytes: size,
      read: (offset, lengthBytes) => readExactly(file, offset, lengthBytes),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readExactly(file: FileHandle, offset: number, lengthBytes: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(lengthBytes);
  for (let at = 0; at < lengthBytes;) {
    const { bytesRead } = await file.read(buffer, at, lengthBytes - at, offset + at);
    if (bytesRead === 0) throw new Error('The file has become shorter while it was read.');
    at += bytesRead;
  }
  return buffer;
}
