import { KERNELS_BASE64 } from '../generated/kernels.js';
import { wasm, type WasmMemory } from './web-assembly.js';

/** Compiled once for everything in a process. */
let compiled: object | undefined;

/** What libs/dsp/assembly exports, at work on this memory. Its first 64 KiB are the module's own. */
export function openKernels(memory: WasmMemory): Record<string, unknown> {
  compiled ??= new wasm.Module(bytesOf(KERNELS_BASE64));
  return new wasm.Instance(compiled, { env: { memory } }).exports as Record<string, unknown>;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
