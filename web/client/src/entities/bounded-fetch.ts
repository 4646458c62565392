/** How much and how long something may be loaded. */
export interface LoadLimits {
  /** Bytes after decompression. */
  bytesMax: number;
  /** Milliseconds for all of it. */
  timeoutMs: number;
}

/** Loading did not work; the sentence can be shown to people. */
export class LoadError extends Error {}

/**
 * Loads a file that a stranger may have named: at most so many bytes, for at most so long, without cookies. Fails with a
 * LoadError.
 *
 * @param canRedirect  whether the host may send us to another one
 */
export async function fetchBounded(
  url: string,
  { bytesMax, timeoutMs }: LoadLimits,
  canRedirect = false,
): Promise<Uint8Array<ArrayBuffer>> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const response = await fetch(url, {
      signal: abort.signal,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: canRedirect ? 'follow' : 'error',
    });
    if (!response.ok) throw new LoadError(`The server answered ${response.status}.`);
    if (Number(response.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax);
    return await readBounded(response, bytesMax);
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError(abort.signal.aborted ? 'It took too long to load.' : 'It could not be loaded.');
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

async function readBounded(response: Response, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    // What is announced and what comes are two things.
    if (length > bytesMax) throw tooLarge(bytesMax);
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function tooLarge(bytesMax: number): LoadError {
  return new LoadError(`It is larger than ${Math.round(bytesMax / 1_048_576)} MB.`);
}
