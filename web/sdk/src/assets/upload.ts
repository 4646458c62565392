import type { Clock } from '../clock.js';
import { clientFailure, VicinityError } from '../errors.js';
import { askAssets, type Fetch, jsonOf } from './asset-requests.js';
import { contentHashOf } from './content-hash.js';

/** A file that is stored. */
export interface UploadedAsset {
  /** What entities and other things name it by: `atp:/path` if it was given a path, else `/assets/<hash>.<ext>`. */
  url: string;
  /** SHA-256, 64 hexadecimal digits. */
  hash: string;
  sizeBytes: number;
}

/** What an upload is done with. */
export interface UploadGround {
  clock: Clock;
  fetch: Fetch;
  /** Of the asset-server, without a slash at its end. */
  baseUrl: string;
  /** The newest ticket; asked for with each announcement. */
  ticket(): string;
  /** Told after each piece: the part of the file that has arrived, 0 to 1. */
  onProgress(fraction: number): void;
  signal: AbortSignal | undefined;
}

/** Bytes of one piece: small enough that progress is seen, and that little is lost with a connection. */
const PIECE_BYTES = 1_048_576;
/** How long an interrupted upload is tried again before it fails, in ms. */
const PATIENCE_MS = 120_000;
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 8_000;

/**
 * Brings a file to the asset-server, through interruptions: after each one it asks what has arrived, and goes on from there.
 * Fails with a VicinityError that has the server's code.
 */
export async function uploadFile(ground: UploadGround, file: Blob, name: string): Promise<UploadedAsset> {
  const hash = await contentHashOf(file);
  const announcement = JSON.stringify({ sha256: hash, sizeBytes: file.size, type: file.type, name });
  return withPatience(ground, async (advanced) => {
    const created = await ask(ground, 'POST', '/assets/uploads', {
      body: announcement,
      headers: { Authorization: `Bearer ${ground.ticket()}`, 'Content-Type': 'application/json' },
    });
    const answer = await jsonOf(created);
    if (typeof answer.url === 'string') return finish(ground, answer, hash, file.size);
    if (typeof answer.id !== 'string' || !/^[0-9a-f]{32}$/.test(answer.id)) throw clientFailure('assets-unreachable');
    return sendPieces(ground, file, answer.id, hash, advanced).catch(beginAnew);
  });
}

async function sendPieces(
  ground: UploadGround,
  file: Blob,
  id: string,
  hash: string,
  advanced: () => void,
): Promise<UploadedAsset> {
  const place = `/assets/uploads/${id}`;
  let offset = 0;
  // Bytes that the server has are asked for anew after everything that went wrong.
  let isSure = true;
  return withPatience(ground, async (alsoAdvanced) => {
    for (;;) {
      if (!isSure) offset = offsetOf(await ask(ground, 'HEAD', place, {}));
      isSure = false;
      const body = file.slice(offset, offset + PIECE_BYTES);
      const headers = { 'Upload-Offset': `${offset}`, 'Content-Type': 'application/offset+octet-stream' };
      const response = await ask(ground, 'PATCH', place, { body, headers });
      advanced();
      alsoAdvanced();
      if (response.status === 200) return finish(ground, await jsonOf(response), hash, file.size);
      offset = offsetOf(response);
      isSure = true;
      ground.onProgress(Math.min(1, offset / file.size));
    }
  });
}

/** An upload that the server does not know any more was finished, and its answer lost, or forgotten: announcing it tells. */
function beginAnew(error: unknown): never {
  if (!(error instanceof VicinityError) || error.code !== 'upload-unknown') throw error;
  throw new VicinityError(error.code, error.message, true, 0, { cause: error });
}

/** Repeats what fails in a way that is worth it, until nothing has advanced for PATIENCE_MS. */
async function withPatience<T>(ground: UploadGround, act: (advanced: () => void) => Promise<T>): Promise<T> {
  const { clock, signal } = ground;
  let delayMs = RETRY_MIN_MS;
  let deadlineMs = clock.nowMs() + PATIENCE_MS;
  const advanced = (): void => {
    delayMs = RETRY_MIN_MS;
    deadlineMs = clock.nowMs() + PATIENCE_MS;
  };
  for (;;) {
    try {
      return await act(advanced);
    } catch (error) {
      const isWorthIt = error instanceof VicinityError && error.retryable && !signal?.aborted;
      const waitMs = error instanceof VicinityError ? Math.max(delayMs, error.retryAfterMs) : delayMs;
      if (!isWorthIt || clock.nowMs() + waitMs > deadlineMs) throw error;
      await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
      delayMs = Math.min(RETRY_MAX_MS, 2 * delayMs);
    }
  }
}

function ask(ground: UploadGround, method: string, path: string, init: RequestInit): Promise<Response> {
  return askAssets(ground.fetch, ground.baseUrl + path, { ...init, method, signal: ground.signal });
}

function offsetOf(response: Response): number {
  const offset = Number(response.headers.get('Upload-Offset') ?? Number.NaN);
  if (!Number.isSafeInteger(offset) || offset < 0) throw clientFailure('assets-unreachable');
  return offset;
}

/** Nothing that an answer says is used unchecked: its address becomes part of the world. */
function finish(ground: UploadGround, answer: Record<string, unknown>, hash: string, sizeBytes: number): UploadedAsset {
  const { url } = answer;
  const isRight =
    typeof url === 'string' && url.startsWith(`/assets/${hash}.`) && /^[a-z0-9]{1,8}$/.test(url.slice(73));
  if (!isRight || answer.hash !== hash) throw clientFailure('assets-unreachable');
  ground.onProgress(1);
  return { url, hash, sizeBytes };
}
