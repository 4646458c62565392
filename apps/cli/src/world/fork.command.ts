import { addWorldSettings, carryOut, readWorldSettings, WorldTail, worldAt } from '@app/keeper';
import { defineSettings } from '@app/settings';
import { shardsFlag } from './create.command.js';
import { readMomentArgument } from './moment-argument.js';
import { countText, timeText } from './plain-text.js';
import { becoming } from './restore.command.js';
import { defineCommand } from './world-command.js';
import { checkWorldName } from './world-session.js';

/** `vicinity world fork` */
export const fork = defineCommand({
  usage: 'NAME NEW [--at MOMENT] [--shards N]',
  help: 'Makes a new world with what another one has, or had. From then on they know nothing of each other. NEW must not exist yet.',
  operandsMin: 2,
  operandsMax: 2,
  flags: defineSettings({
    at: { type: 'string', charactersMax: 128, default: 'now', help: 'The MOMENT; default: now.' },
    shards: shardsFlag,
  }),
  async run({ session, operands: [name, newName], flags, print, progress }) {
    checkWorldName(newName);
    const moment = readMomentArgument(flags.at, session.nowMs());
    const kept = await session.world(name);
    const { world, atMs } = await worldAt(kept.journal, moment, session.nowMs());
    const copy = await session.catalogue.create(newName, flags.shards ?? kept.shards);
    const show = (done: number, total: number): void => progress.show('Sending edits', done, total);
    const tail = await WorldTail.open(copy.journal);
    await carryOut(becoming(world, atMs, false), tail, session.sender(newName), show);
    await addWorldSettings(session.broker, newName, await readWorldSettings(session.broker, name));
    progress.clear();
    const contents = countText(world.size, 'entity', 'entities');
    print(`The world ${newName} has ${contents} of ${name} as it was at ${world.lastSequence}, ${timeText(atMs)}.`);
    return 0;
  },
});
