import type { PlannedEntity } from '@app/entities';
import { type AssetPath, encodeAssetPath, type EntityProperties, type EntityValue, readAssetAddress } from '@app/world';

/** Where files go that are named by their content: a predecessor's archive has files at paths only. */
const FOLDER = 'imported';

/** A world as a predecessor's archive can have it. */
export interface ContentWorld {
  readonly entities: readonly PlannedEntity[];
  /** Hashes by path, of all assets that go along; paths begin with a slash. */
  readonly mapping: ReadonlyMap<string, string>;
}

/**
 * Gives each file that entities name by its content a path, and writes the addresses of files as `atp:/path`. An address in
 * the middle of a text, such as a script, stays as it is; its file goes along.
 */
export function contentWorldOf(
  entities: readonly PlannedEntity[],
  { paths, further }: { readonly paths: ReadonlyMap<string, string>; readonly further: readonly string[] },
): ContentWorld {
  const mapping = new Map(paths);
  const present = new Set([...paths.values(), ...further]);
  const pathOf = (hash: string, extension: string): AssetPath | undefined => {
    if (!present.has(hash)) return undefined;
    const path = `${FOLDER}/${hash}${extension.toLowerCase()}`;
    mapping.set(`/${path}`, hash);
    return path;
  };
  const moved = entities.map((entity) => ({ ...entity, properties: withPaths(entity.properties, pathOf) }));
  const reached = new Set(mapping.values());
  for (const hash of further) if (!reached.has(hash)) pathOf(hash, '');
  return { entities: moved, mapping };
}

type PathOf = (hash: string, extension: string) => AssetPath | undefined;

function withPaths(properties: EntityProperties, pathOf: PathOf): EntityProperties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, rewritten(value, pathOf)]));
}

function rewritten(value: EntityValue, pathOf: PathOf): EntityValue {
  if (typeof value === 'string') return addressText(value, pathOf);
  if (Array.isArray(value)) return value.map((item: EntityValue) => rewritten(item, pathOf));
  if (typeof value !== 'object' || value === null) return value;
  return withPaths(value as EntityProperties, pathOf);
}

function addressText(text: string, pathOf: PathOf): string {
  const address = readAssetAddress(text);
  if (address === undefined || address.kind === 'nowhere') return text;
  const isForeign = text.trim().startsWith('/assets/');
  const path = address.kind === 'content' ? pathOf(address.hash, address.extension) : isForeign && address.path;
  if (!path) return text;
  const rest = /[?#].*$/s.exec(text.trim())?.[0] ?? '';
  return `atp:/${encodeAssetPath(path)}${rest}`;
}
