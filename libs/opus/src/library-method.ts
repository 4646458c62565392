type Method = (this: unknown, bytes: ArrayBufferView) => Uint8Array;

/**
 * The method of the Opus library that does the work, however often the library was loaded.
 *
 * The package puts a wrapper around its native class and stores it in the native module, which a process has only once. A
 * second evaluation, as by a test runner that gives each file its own modules, wraps the wrapper, and that one gives empty
 * results. The wrapper next to the native class is right in every case; the WebAssembly build has no wrapper at all.
 */
export function libraryMethod(prototype: object, name: 'encode' | 'decode'): Method {
  const methods: Method[] = [];
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor) methods.push(descriptor.value as Method);
  }
  return methods[Math.max(0, methods.length - 2)];
}
