import { firstReadable, type HistoryStep, readHistory, sequenceOf, stepJson, stepText } from '@app/keeper';
import { defineSettings } from '@app/settings';
import { type EntityId, isEntityId } from '@app/world';
import { CliError } from '../cli.errors.js';
import { authorFlags, authorOfFlags, isByAuthor } from './author-flags.js';
import { Authors } from './authors.js';
import { readMomentArgument } from './moment-argument.js';
import { defineCommand } from './world-command.js';
import type { WorldSession } from './world-session.js';

/** `vicinity world log` */
export const log = defineCommand({
  usage: 'NAME [--from MOMENT] [--to MOMENT] [--author TEXT] [--session HEX] [--entity ID] [--json]',
  help: 'What has happened in a world, oldest first: time, sequence, author, what changed.',
  operandsMin: 1,
  operandsMax: 1,
  flags: defineSettings({
    from: { type: 'string', charactersMax: 128, help: 'The first MOMENT; default: the beginning.' },
    to: { type: 'string', charactersMax: 128, default: 'now', help: 'The last MOMENT; default: now.' },
    ...authorFlags,
    entity: { type: 'string', charactersMax: 64, help: 'Only what has happened to this entity.' },
    json: { type: 'boolean', default: false, help: 'One line of JSON for each transaction, with all its edits.' },
  }),
  async run({ session, operands: [name], flags, print }) {
    const author = authorOfFlags(flags);
    const entity = flags.entity === undefined ? undefined : readEntityId(flags.entity);
    const { journal } = await session.world(name);
    const toMoment = readMomentArgument(flags.to, session.nowMs());
    const fromSequence =
      flags.from === undefined ? await firstReadable(journal) : await firstOf(session, name, flags.from);
    const toSequence = await sequenceOf(journal, toMoment);
    const authors = new Authors();
    let printed = 0;
    for await (const step of readHistory(journal, fromSequence, toSequence)) {
      authors.add(step.transaction.author);
      if (!isByAuthor(step.transaction.author, author) || !concerns(step, entity)) continue;
      print(flags.json ? JSON.stringify(stepJson(step)) : stepText(step));
      printed++;
    }
    if (printed === 0 && !flags.json) {
      print(authors.silenceText(author) ?? `Nothing that was asked for happened to ${entity} in that time.`);
    }
    return 0;
  },
});

/** With or without the braces of the predecessors. Fails with `cli-usage`. */
function readEntityId(text: string): EntityId {
  const id = text.replace(/^\{(.*)\}$/, '$1').toLowerCase();
  if (isEntityId(id)) return id;
  throw new CliError('cli-usage', `${JSON.stringify(text)} is no id of an entity, as \`log\` prints it.`);
}

/** A time means what was written after it; a sequence that record itself; a snapshot what came after it. */
async function firstOf(session: WorldSession, name: string, text: string): Promise<number> {
  const { journal } = await session.world(name);
  const moment = readMomentArgument(text, session.nowMs());
  const first = 'sequence' in moment ? moment.sequence : (await sequenceOf(journal, moment)) + 1;
  return Math.max(first, await firstReadable(journal));
}

function concerns({ transaction, outcome }: HistoryStep, entity: string | undefined): boolean {
  if (entity === undefined) return true;
  if (outcome.kind === 'done') return outcome.changes.some(({ id }) => id === entity);
  return transaction.edits.some(({ id }) => id === entity);
}
