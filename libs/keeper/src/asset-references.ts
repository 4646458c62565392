import { assetUrlPathOf, type EntityValue, readAssetAddress } from '@app/world';

/** What a text may mean by an asset: hashes that stand in it, and paths with a slash at their beginning. */
export interface AssetReferences {
  readonly hashes: ReadonlySet<string>;
  readonly paths: ReadonlySet<string>;
  /** Those of the hashes that stand in an address of the domain, with that address, such as `/assets/<sha256>.glb`. */
  readonly addressed: ReadonlyMap<string, string>;
}

const HASH_PATTERN = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;
/** `atp:/models/tree.glb`, `/assets/at/models/tree.glb` behind any host, and `/assets/<sha256>.glb` without one. */
const ADDRESS_PATTERN = /(?:\batp:|\/assets\/at\/|(?<![\w.:-])\/assets\/(?=[0-9a-f]{64}))[^\s"'`<>\\]+/g;

/**
 * Assets that properties name anywhere: in addresses, in scripts, in user data. A text that looks like one but means
 * nothing does no harm; what a script puts together while it runs is not seen.
 */
export function findAssetReferences(values: Iterable<EntityValue>): AssetReferences {
  const hashes = new Set<string>();
  const paths = new Set<string>();
  const addressed = new Map<string, string>();
  const waiting: EntityValue[] = [];
  for (const value of values) {
    waiting.push(value);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (typeof next === 'string') readText(next, { hashes, paths, addressed });
      else if (typeof next === 'object' && next !== null) waiting.push(...(Object.values(next) as EntityValue[]));
    }
  }
  return { hashes, paths, addressed };
}

interface Findings {
  readonly hashes: Set<string>;
  readonly paths: Set<string>;
  readonly addressed: Map<string, string>;
}

function readText(text: string, { hashes, paths, addressed }: Findings): void {
  if (text.length >= 64) for (const [hash] of text.matchAll(HASH_PATTERN)) hashes.add(hash);
  const whole = readAssetAddress(text);
  const addresses = whole ? [text] : Array.from(text.matchAll(ADDRESS_PATTERN), ([found]) => found);
  for (const address of addresses.map(readAssetAddress)) {
    if (address?.kind === 'path') paths.add(`/${address.path}`);
    else if (address?.kind === 'content') addressed.set(address.hash, assetUrlPathOf(address));
  }
}
