import { worldAt } from '@app/keeper';
import { defineSettings } from '@app/settings';
import { defineCommand } from './world-command.js';
import { exportFlags, writeWorldFile } from './world-exporter.js';
import { formatOf } from './world-file.js';

/** `vicinity world export` */
export const exportCommand = defineCommand({
  usage: 'NAME FILE [--format archive|models|content] [--assets used|all|none]',
  help: 'Writes a world as it is now into a file: .zip with its assets, or .json, .json.gz for Vircadia and Overte.',
  operandsMin: 2,
  operandsMax: 2,
  flags: defineSettings(exportFlags),
  async run(call) {
    const [name, path] = call.operands;
    formatOf(path, call.flags.format);
    const kept = await call.session.world(name);
    const nowMs = call.session.nowMs();
    const { world, atMs } = await worldAt(
      kept.journal,
      { sequence: (await kept.journal.stream.state()).lastSequence },
      nowMs,
    );
    await writeWorldFile(call, { path, kept, world, atMs: Math.max(atMs, nowMs) });
    return 0;
  },
});
