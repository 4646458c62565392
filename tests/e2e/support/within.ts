/**
 * Waits for one step of a test. A step that fails or takes longer than it may says its name and how long it took, which the
 * runner's own time limit cannot: that knows only the test.
 */
export async function within<T>(timeoutMs: number, step: string, work: Promise<T>): Promise<T> {
  const beganAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it may take ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, limit]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${step}: failed after ${Math.round(performance.now() - beganAt)} ms: ${reason}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
