import { createRequire } from 'node:module';

/** The parts of the native module that its type declarations do not mention. */
interface NativeModule {
  buffers?: { encoder(): Uint8Array; decoder(): Uint8Array };
}

/** Where the native library leaves its results: one place for all coders of the process, overwritten by the next call. */
export interface LibraryMemory {
  packet: Uint8Array;
  samples: Int16Array;
}

/** The library's own memory, so that results need not be copied by it; undefined where it has no native build. */
export function libraryMemory(): LibraryMemory | undefined {
  let native: NativeModule;
  try {
    native = createRequire(import.meta.url)('@evan/opus/node/index.js') as NativeModule;
  } catch {
    // No build for this machine: the package then uses WebAssembly, which returns its results.
    return undefined;
  }
  if (!native.buffers) return undefined;
  const decoded = native.buffers.decoder();
  const samples = new Int16Array(decoded.buffer, decoded.byteOffset, decoded.byteLength >> 1);
  return { packet: native.buffers.encoder(), samples };
}
