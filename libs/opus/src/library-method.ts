type Method = (this: unknown, bytes: ArrayBufferView) => Uint8Array | number;

/**
 * The innermost method of the Opus library that does the work, however often the library was loaded.
 *
 * The package puts a wrapper around its native class and stores it in the native module, which a process has only once. A
 * second evaluation, as by a test runner that gives each file its own modules, wraps the wrapper, and that one gives empty
 * results. The innermost method is right in every case. Native, it returns the size of a result that is in the library's
 * own memory (see library-memory.ts); in WebAssembly, the result.
 */
export function libraryMethod(prototype: object, name: 'encode' | 'decode'): Method {
  let method: Method | undefined;
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor) method = descriptor.value as Method;
  }
  if (!method) throw new Error(`the Opus library has no method ${name}`);
  return method;
}
