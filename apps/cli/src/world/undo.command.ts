import { carryOutUndo, prepareUndo, readAuthors, summarise } from '@app/keeper';
import { type UndoKept, type UndoSelection, type WorldJournal } from '@app/entities';
import { defineSettings } from '@app/settings';
import { CliError } from '../cli.errors.js';
import { authorFlags, authorOfFlags } from './author-flags.js';
import { Authors } from './authors.js';
import { readTimeArgument } from './moment-argument.js';
import { countText, forRealText, listText, planText, timeText } from './plain-text.js';
import { dryRunFlag } from './restore.command.js';
import { defineCommand } from './world-command.js';

/** Things left alone that are told; more are counted. */
const KEPT_TOLD_MAX = 100;

/** Why something stays, for people; other reasons are codes of docs/errors.md. */
const REASONS: Readonly<Record<string, string>> = {
  'changed-since': 'others have changed it since',
  'has-children': 'things of others hang on it',
  'made-again': 'others have added it again',
  'type-changed': 'it is of another type now',
  'parent-gone': 'what it hung on is gone',
};

/** `vicinity world undo` */
export const undo = defineCommand({
  usage: 'NAME [--author TEXT] [--session HEX] --from TIME --to TIME [--dry-run]',
  help: "Undoes one author's edits of a time; everybody else's stay. Says what stays as it is, and why.",
  operandsMin: 1,
  operandsMax: 1,
  flags: defineSettings({
    ...authorFlags,
    from: { type: 'string', charactersMax: 128, help: 'The first moment; a time, no sequence.' },
    to: { type: 'string', charactersMax: 128, help: 'The last moment; a time, no sequence.' },
    dryRun: dryRunFlag,
  }),
  async run({ session, operands: [name], flags, domainWords, print, progress }) {
    const selection = selectionOf(flags, session.nowMs());
    const { journal } = await session.world(name);
    const prepared = await prepareUndo(journal, selection);
    if (prepared.plan.length + prepared.kept.length === 0) {
      const silence = await silenceOf(journal, selection);
      if (silence !== undefined) {
        print(silence);
        return 0;
      }
    }
    print(`Edits from ${timeText(selection.fromMs)} to ${timeText(selection.toMs)}:`);
    print(planText(summarise(prepared.current, prepared.plan)));
    if (flags.dryRun) {
      printKept(prepared.kept, print);
      print(forRealText(['undo', name, ...selectionWords(flags, selection), ...domainWords]));
      return 0;
    }
    const show = (done: number, total: number): void => progress.show('Sending edits', done, total);
    const { edits, kept } = await carryOutUndo(prepared, journal, selection, session.sender(name), show);
    progress.clear();
    printKept(kept, print);
    print(`Done with ${countText(edits, 'edit')}.`);
    return 0;
  },
});

interface UndoFlags {
  author?: string;
  session?: string;
  from?: string;
  to?: string;
}

function selectionOf(flags: UndoFlags, nowMs: number): UndoSelection {
  const author = authorOfFlags(flags);
  if (!author) throw new CliError('cli-usage', 'Whose edits? --author TEXT, --session HEX, or both');
  if (flags.from === undefined || flags.to === undefined) {
    throw new CliError('cli-usage', 'Edits of which time? --from TIME --to TIME');
  }
  const [fromMs, toMs] = [readTimeArgument(flags.from, nowMs), readTimeArgument(flags.to, nowMs)];
  if (fromMs > toMs) throw new CliError('cli-usage', '--from is later than --to.');
  return { author, fromMs, toMs };
}

/** The flags again, with times that mean the same later on. */
function selectionWords({ author, session }: UndoFlags, { fromMs, toMs }: UndoSelection): string[] {
  return [
    ...(author === undefined ? [] : ['--author', author]),
    ...(session === undefined ? [] : ['--session', session]),
    ...['--from', new Date(fromMs).toISOString(), '--to', new Date(toMs).toISOString()],
  ];
}

async function silenceOf(journal: WorldJournal, selection: UndoSelection): Promise<string | undefined> {
  const authors = new Authors();
  for await (const author of readAuthors(journal, selection)) authors.add(author);
  return authors.silenceText(selection.author);
}

function printKept(kept: readonly UndoKept[], print: (text: string) => void): void {
  if (kept.length === 0) return;
  print(`${countText(kept.length, 'thing')} left as is:`);
  const lines = kept.map(
    ({ id, property, reason }) => `${id}${property ? ` ${property}` : ''}: ${REASONS[reason] ?? reason}`,
  );
  print(listText(lines, KEPT_TOLD_MAX));
}
