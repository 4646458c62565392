import { type ContentHash, isContentHash } from '@app/assets';
import { type AssetPath, readAssetPath } from '@app/world';
import { isUploadId, type UploadId } from '../uploads/upload-spool.js';

/** What a request is about. */
export type RequestTarget =
  /** `/assets/<sha256>[.ext][?v=optimised]` */
  | { kind: 'file'; hash: ContentHash; wantsOptimised: boolean }
  /** `/assets/info/<sha256>` */
  | { kind: 'info'; hash: ContentHash }
  /** `/assets/at/<path>`; `depth` is the number of steps. */
  | { kind: 'path'; path: AssetPath; depth: number }
  /** `/assets/versions/<path>` */
  | { kind: 'versions'; path: AssetPath }
  /** `/assets/rollback/<path>` */
  | { kind: 'rollback'; path: AssetPath }
  /** `/assets/paths[?prefix=…]` */
  | { kind: 'paths'; prefix: string }
  /** `/assets/uploads` */
  | { kind: 'uploads' }
  /** `/assets/uploads/<id>` */
  | { kind: 'upload'; id: UploadId }
  /** A path that is none, where a path should be. */
  | { kind: 'bad-path' };

const URL_CHARACTERS_MAX = 2_048;
const FILE_PATTERN = /^([0-9a-f]{64})(\.[A-Za-z0-9]{1,8})?$/;

/**
 * Reads the target of a request as it came over the wire: nobody has tidied it, so `..` is seen. Undefined for everything
 * that is nothing of ours. Pure, never throws.
 */
export function readTarget(url: string): RequestTarget | undefined {
  if (url.length > URL_CHARACTERS_MAX || !url.startsWith('/assets/')) return undefined;
  const mark = url.indexOf('?');
  const rest = url.slice('/assets/'.length, mark < 0 ? undefined : mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const [first, ...steps] = rest.split('/');
  if (steps.length === 0) return readSingle(first, query);
  if (first === 'info') return oneStep(steps, isContentHash, (hash) => ({ kind: 'info', hash }));
  if (first === 'uploads') return oneStep(steps, isUploadId, (id) => ({ kind: 'upload', id }));
  if (first !== 'at' && first !== 'versions' && first !== 'rollback') return undefined;
  const path = pathOf(steps);
  if (path === undefined) return { kind: 'bad-path' };
  return first === 'at' ? { kind: 'path', path, depth: steps.length } : { kind: first, path };
}

function readSingle(name: string, query: URLSearchParams): RequestTarget | undefined {
  if (name === 'uploads') return { kind: 'uploads' };
  if (name === 'paths') return { kind: 'paths', prefix: query.get('prefix') ?? '' };
  const hash = FILE_PATTERN.exec(name)?.[1];
  return hash === undefined ? undefined : { kind: 'file', hash, wantsOptimised: query.get('v') === 'optimised' };
}

function oneStep<T extends string>(
  steps: readonly string[],
  isRight: (text: string) => text is T,
  make: (text: T) => RequestTarget,
): RequestTarget | undefined {
  const [step] = steps;
  return steps.length === 1 && isRight(step) ? make(step) : undefined;
}

function pathOf(steps: readonly string[]): AssetPath | undefined {
  const decoded: string[] = [];
  for (const step of steps) {
    try {
      decoded.push(decodeURIComponent(step));
    } catch {
      return undefined;
    }
  }
  // A slash that was written as %2F is part of a name, and names have none.
  if (decoded.some((step) => step.includes('/') || step === '')) return undefined;
  return readAssetPath(decoded.join('/'));
}
