import {
  carryOut,
  checkImport,
  importAttachments,
  importTransition,
  type KeptWorld,
  openFileSource,
  readWorldFile,
  type WorldFile,
  WorldTail,
} from '@app/keeper';
import { EntityWorld } from '@app/entities';
import { defineSettings } from '@app/settings';
import { basename } from 'node:path';
import { CliError } from '../cli.errors.js';
import { shardsFlag } from './create.command.js';
import { brokenText, importText } from './import-text.js';
import { countText } from './plain-text.js';
import { dryRunFlag } from './restore.command.js';
import { defineCommand, type WorldCall } from './world-command.js';
import { usable } from './world-file.js';
import { checkWorldName } from './world-session.js';

const USAGE = 'FILE NAME [--dry-run] [--replace] [--shards N]';

/** `vicinity world import` */
export const importCommand = defineCommand({
  usage: USAGE,
  help: 'Brings a file into a world, which is made if need be. Everything is checked first; if anything is broken, nothing is changed.',
  operandsMin: 2,
  operandsMax: 2,
  flags: defineSettings({
    dryRun: dryRunFlag,
    replace: {
      type: 'boolean',
      default: false,
      help: 'What the world has and the file has not is erased. Without it, it stays.',
    },
    shards: shardsFlag,
  }),
  async run(call) {
    const [path, name] = call.operands;
    if (/\.(zip|json|gz)$/i.test(name)) {
      throw new CliError('cli-usage', `The file comes first. It is: vicinity world import ${USAGE}`);
    }
    checkWorldName(name);
    const source = await usable(path, () => openFileSource(path));
    try {
      return await importFile(call, name, await readWorldFile(source, basename(path)));
    } finally {
      await source.close();
    }
  },
});

type ImportCall = WorldCall<{ dryRun: boolean; replace: boolean; shards?: number }>;

async function importFile(
  { session, flags, print, progress }: ImportCall,
  name: string,
  file: WorldFile,
): Promise<number> {
  if (file.report && file.report.brokenCount > 0) {
    print(brokenText(file.report));
    throw new CliError('cli-import-broken', 'Nothing was changed: mend the file first.');
  }
  const { catalogue, broker } = session;
  const existing = catalogue.has(name) ? await catalogue.get(name) : undefined;
  const shelf = await session.shelf();
  const transition = importTransition(file, flags.replace);
  const show = (what: string) => (done: number, total: number) => progress.show(what, done, total);
  const before = existing && (await WorldTail.open(existing.journal));
  const report = await checkImport(
    file,
    transition,
    before?.world ?? new EntityWorld(),
    shelf,
    show('Checking assets'),
  );
  print(importText(name, file, report, existing === undefined));
  if (flags.dryRun) return 0;
  const kept: KeptWorld = existing ?? (await catalogue.create(name, flags.shards ?? file.shards ?? 1));
  await importAttachments(file, { broker, shelf, world: name }, show('Uploading assets'));
  const tail = before ?? (await WorldTail.open(kept.journal));
  const { edits } = await carryOut(transition, tail, session.sender(name), show('Sending edits'));
  progress.clear();
  print(`Done with ${countText(edits, 'edit')}.`);
  return 0;
}
