import { makeSnapshot } from '@app/keeper';
import { defineSettings } from '@app/settings';
import { bytesText, countText } from './plain-text.js';
import { defineCommand } from './world-command.js';

/** `vicinity world snapshot` */
export const snapshot = defineCommand({
  usage: 'NAME [--label TEXT]',
  help: 'Makes a snapshot now. One with a label is kept for good, and can be named by it.',
  operandsMin: 1,
  operandsMax: 1,
  flags: defineSettings({
    label: { type: 'string', charactersMax: 64, pattern: /^[^\p{Cc}]+$/u, help: 'What the snapshot is called.' },
  }),
  async run({ session, operands: [name], flags, print }) {
    const kept = await session.world(name);
    const made = await makeSnapshot(session.broker, session.clock, kept, flags.label ?? '');
    const contents = `${countText(made.count, 'entity', 'entities')}, ${bytesText(made.sizeBytes)}`;
    print(`${made.isNew ? 'A' : 'Nothing has changed since the'} snapshot at ${made.sequence}: ${contents}.`);
    return 0;
  },
});
