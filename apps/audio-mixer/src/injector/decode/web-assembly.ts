/** A compiled module. */
export type WasmModule = object;

interface WasmNamespace {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  instantiate(module: WasmModule, imports: object): Promise<{ readonly exports: Record<string, unknown> }>;
}

/** What we use of WebAssembly here; Node's type declarations do not have it. */
export const wasm = (globalThis as unknown as { WebAssembly: WasmNamespace }).WebAssembly;
