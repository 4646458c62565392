/** What we use of WebAssembly, which browsers and Node both have, but not under one set of type declarations. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface WasmNamespace {
  Memory: new (options: { initial: number; maximum: number }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Record<string, unknown> };
}

/** JavaScript’s own WebAssembly, in Node and in browsers. */
export const wasm = (globalThis as unknown as { WebAssembly: WasmNamespace }).WebAssembly;
