import { pause } from '@app/clock';
import { inspectWorld } from '@app/keeper';
import { defineSettings } from '@app/settings';
import { ENTITY_SHARDS_MAX } from '@app/world';
import { defineCommand } from './world-command.js';
import { checkWorldName, type WorldSession } from './world-session.js';

/** How long an entity-server may take to open a new world, in ms. */
const OPEN_MS = 5_000;
const POLL_MS = 50;

/** `--shards`, for all commands that make worlds. */
export const shardsFlag = {
  type: 'integer',
  unit: 'parts',
  min: 1,
  max: ENTITY_SHARDS_MAX,
  help: 'Into how many parts the new world is divided, each with a writer of its own; fixed once it is made.',
} as const;

/** `vicinity world create` */
export const create = defineCommand({
  usage: 'NAME [--shards N]',
  help: 'Makes an empty world.',
  operandsMin: 1,
  operandsMax: 1,
  flags: defineSettings({ shards: shardsFlag }),
  async run({ session, operands: [name], flags, print }) {
    checkWorldName(name);
    await session.catalogue.create(name, flags.shards ?? 1);
    const isOpen = await whenOpen(session, name);
    print(isOpen ? `The world ${name} is there.` : `The world ${name} is made; it opens when an entity-server runs.`);
    return 0;
  },
});

async function whenOpen({ broker, clock }: WorldSession, name: string): Promise<boolean> {
  const deadlineMs = clock.nowMs() + OPEN_MS;
  while (clock.nowMs() < deadlineMs) {
    if (await inspectWorld(broker, name)) return true;
    await pause(clock, POLL_MS);
  }
  return false;
}
