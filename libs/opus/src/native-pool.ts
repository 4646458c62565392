/** Coders kept for later use; more are left to the garbage collector. */
const SPARE_MAX = 64;

/**
 * Keeps native coders that nobody uses. The library frees its memory (some 20 to 45 KiB each) only when the garbage
 * collector comes by, which knows nothing of native memory and comes late; so coders are used again instead.
 */
export class NativePool<Native extends { reset(): void }> {
  private readonly spare: Native[] = [];

  constructor(private readonly create: () => Native) {}

  take(): Native {
    return this.spare.pop() ?? this.create();
  }

  /** Takes a coder back and makes it forget its stream. */
  give(native: Native): void {
    if (this.spare.length >= SPARE_MAX) return;
    native.reset();
    this.spare.push(native);
  }
}
