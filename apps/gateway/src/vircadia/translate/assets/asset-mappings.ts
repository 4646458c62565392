import { BakingStatus, MappingOperation, type MappingRequest, type MappingResult } from '@app/vircadia';
import { type AssetPath, readAssetPath } from '@app/world';
import type { AssetDesk } from '../../assets/asset-desk.js';
import { type AssetPapers, AssetRefusal } from '../../assets/asset-client.js';

/** Paths that one operation changes. */
const PATHS_PER_OPERATION_MAX = 256;
/** Where the predecessor kept what it had made of files. */
const HIDDEN_FOLDER = '.baked/';

type Client = AssetDesk['client'];

/** Whether more paths are named than one operation may change. */
export function namesTooMany(request: MappingRequest): boolean {
  return 'paths' in request && request.paths.length > PATHS_PER_OPERATION_MAX;
}

/** What can be done with paths of files, as clients ask for it (specification I). Fails with AssetRefusal. */
export async function changeMappings(
  client: Client,
  papers: AssetPapers,
  request: MappingRequest,
): Promise<MappingResult> {
  const { operation } = request;
  switch (operation) {
    case MappingOperation.Get:
      return { operation, hash: await client.hashAt(pathOf(request.path)) };
    case MappingOperation.GetAll: {
      const known = await client.list(papers);
      const baking = BakingStatus.Irrelevant;
      return { operation, assets: known.map(({ path, hash }) => ({ path: `/${path}`, hash, baking })) };
    }
    case MappingOperation.Set:
      await client.put(ownPathOf(request.path), request.hash, papers);
      return { operation };
    case MappingOperation.Delete:
      for (const path of await expand(client, papers, request.paths)) await client.delete(path, papers);
      return { operation };
    case MappingOperation.Rename:
      await rename(client, papers, request.oldPath, request.newPath);
      return { operation };
    case MappingOperation.SetBakingEnabled:
      // Files are made smaller here without being asked, and stay what they were under their old names.
      throw new AssetRefusal(403);
  }
}

/** The path without what follows it in an address. */
function pathOf(text: string): AssetPath {
  const path = text.startsWith('/') ? readAssetPath(text.replace(/[?#].*$/s, '')) : undefined;
  if (path === undefined) throw new AssetRefusal(404);
  return path;
}

/** A path that may be changed. */
function ownPathOf(text: string): AssetPath {
  const path = text.startsWith('/') ? readAssetPath(text) : undefined;
  if (path === undefined) throw new AssetRefusal(400);
  if (path.startsWith(HIDDEN_FOLDER)) throw new AssetRefusal(403);
  return path;
}

const isFolder = (text: string): boolean => text.endsWith('/');

/** All paths in a folder, whose name ends with a slash. */
async function inFolder(client: Client, papers: AssetPapers, folder: string): Promise<AssetPath[]> {
  const prefix = `${ownPathOf(folder.slice(0, -1))}/`;
  return (await client.list(papers)).flatMap(({ path }) => (path.startsWith(prefix) ? [path] : []));
}

async function expand(client: Client, papers: AssetPapers, texts: readonly string[]): Promise<AssetPath[]> {
  const paths: AssetPath[] = [];
  for (const text of texts) {
    if (isFolder(text)) paths.push(...(await inFolder(client, papers, text)));
    else paths.push(ownPathOf(text));
  }
  return checked(paths);
}

async function rename(client: Client, papers: AssetPapers, from: string, to: string): Promise<void> {
  if (isFolder(from) !== isFolder(to)) throw new AssetRefusal(400);
  if (!isFolder(from)) return move(client, papers, ownPathOf(from), ownPathOf(to));
  const paths = checked(await inFolder(client, papers, from));
  if (paths.length === 0) throw new AssetRefusal(404);
  const oldLength = ownPathOf(from.slice(0, -1)).length;
  const folder = ownPathOf(to.slice(0, -1));
  for (const path of paths) await move(client, papers, path, ownPathOf(`/${folder}${path.slice(oldLength)}`));
}

/** First the new name, so that the file always has one. */
async function move(client: Client, papers: AssetPapers, from: AssetPath, to: AssetPath): Promise<void> {
  if (from === to) return;
  await client.put(to, await client.hashAt(from), papers);
  try {
    await client.delete(from, papers);
  } catch (error) {
    await client.delete(to, papers).catch(() => undefined);
    throw error;
  }
}

function checked(paths: AssetPath[]): AssetPath[] {
  if (paths.length > PATHS_PER_OPERATION_MAX) throw new AssetRefusal(413);
  return paths;
}
