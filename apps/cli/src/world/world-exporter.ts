import type { EntityWorld } from '@app/entities';
import { type AssetChoice, chooseAssets, exportWorld, type KeptWorld, readWorldSettings } from '@app/keeper';
import { bytesText, countText, listText } from './plain-text.js';
import type { WorldCall } from './world-command.js';
import { formatOf, writeWhole } from './world-file.js';

/** Flags of the commands that write a world into a file. */
export const exportFlags = {
  format: {
    type: 'choice',
    choices: ['auto', 'archive', 'models', 'content'],
    default: 'auto',
    help: 'What is written: `archive` is ours, `models` a models.json, `content` a content archive of Vircadia or Overte. `auto` goes by the name of the file.',
  },
  assets: {
    type: 'choice',
    choices: ['used', 'all', 'none'],
    default: 'used',
    help: 'Which assets go into an archive: those that the entities name, all of the domain, or none.',
  },
} as const;

/** Which file, and what goes into it. */
interface ExportOrder {
  readonly path: string;
  readonly kept: KeptWorld;
  readonly world: EntityWorld;
  /** Ms since 1970-01-01 UTC. */
  readonly atMs: number;
}

type ExportCall = Pick<WorldCall<{ format: string; assets: string }>, 'session' | 'flags' | 'print'>;

/** Writes a world into a file, and prints what is in it, and what is missing. */
export async function writeWorldFile(
  { session, flags, print }: ExportCall,
  { path, kept, world, atMs }: ExportOrder,
): Promise<void> {
  const { format, isGzipped } = formatOf(path, flags.format);
  const choice = format === 'models' ? 'none' : (flags.assets as AssetChoice);
  const assets = await chooseAssets(await session.shelf(), world, choice);
  const settings = await readWorldSettings(session.broker, kept.name);
  const source = { world, name: kept.name, shards: kept.shards, atMs, settings, assets };
  const sizeBytes = await writeWhole(path, exportWorld(source, format, isGzipped));
  const assetCount = new Set([...assets.paths.values(), ...assets.further]).size;
  const contents = `${countText(world.size, 'entity', 'entities')} at ${world.lastSequence}`;
  print(`${path}: ${contents}, ${countText(assetCount, 'asset')}, ${bytesText(sizeBytes)}.`);
  if (assets.missing.length === 0) return;
  print(
    `${countText(assets.missing.length, 'asset')} that the world names cannot be found and ${assets.missing.length === 1 ? 'is' : 'are'} missing in the file:`,
  );
  print(listText(assets.missing, 20));
}
