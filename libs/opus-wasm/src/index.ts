export { WasmOpus } from './wasm-opus.js';
export { WasmOpusDecoder } from './wasm-opus-decoder.js';
