import { countTypes, worldAt } from '@app/keeper';
import { defineSettings } from '@app/settings';
import { formatTable } from '../table.js';
import { readMomentArgument } from './moment-argument.js';
import { timeText } from './plain-text.js';
import { defineCommand } from './world-command.js';
import { exportFlags, writeWorldFile } from './world-exporter.js';
import { formatOf } from './world-file.js';

/** `vicinity world at` */
export const at = defineCommand({
  usage: 'NAME MOMENT [FILE] [--format archive|models|content] [--assets used|all|none]',
  help: 'The world as it was: what there was, the hash of its state; with FILE it is written like an export.',
  operandsMin: 2,
  operandsMax: 3,
  flags: defineSettings(exportFlags),
  async run(call) {
    const { session, print } = call;
    const [name, momentText, path] = call.operands;
    if (path !== undefined) formatOf(path, call.flags.format);
    const kept = await session.world(name);
    const moment = readMomentArgument(momentText, session.nowMs());
    const { world, atMs } = await worldAt(kept.journal, moment, session.nowMs());
    print(`sequence  ${world.lastSequence}`);
    print(`written   ${timeText(world.lastWrittenAtMs)}`);
    print(`entities  ${world.size}`);
    print(`hash      ${Buffer.from(world.hash()).toString('hex')}`);
    const types = countTypes(world.entities());
    if (types.length > 0)
      print(
        formatTable(
          ['type', 'count'],
          types.map(({ type, count }) => [type, `${count}`]),
        ),
      );
    if (path !== undefined) await writeWorldFile(call, { path, kept, world, atMs });
    return 0;
  },
});
