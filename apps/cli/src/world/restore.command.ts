import type { EntityWorld } from '@app/entities';
import { carryOut, planOf, summarise, type Transition, WorldTail, worldAt } from '@app/keeper';
import { defineSettings } from '@app/settings';
import { CliError } from '../cli.errors.js';
import { readMomentArgument } from './moment-argument.js';
import { countText, forRealText, planText, timeText } from './plain-text.js';
import { defineCommand } from './world-command.js';

/** `--dry-run`, for all commands that change worlds. */
export const dryRunFlag = {
  type: 'boolean',
  default: false,
  help: 'Only say what would be done.',
} as const;

/** `vicinity world restore` */
export const restore = defineCommand({
  usage: 'NAME --to MOMENT [--dry-run]',
  help: 'Makes a world what it was. Nobody has to leave, and the restoring itself can be undone.',
  operandsMin: 1,
  operandsMax: 1,
  flags: defineSettings({
    to: { type: 'string', charactersMax: 128, help: 'The MOMENT.' },
    dryRun: dryRunFlag,
  }),
  async run({ session, operands: [name], flags, domainWords, print, progress }) {
    if (flags.to === undefined) throw new CliError('cli-usage', 'To which moment? --to MOMENT');
    const moment = readMomentArgument(flags.to, session.nowMs());
    const { journal } = await session.world(name);
    const { world, atMs } = await worldAt(journal, moment, session.nowMs());
    const transition = becoming(world, atMs, true);
    const tail = await WorldTail.open(journal);
    print(`The world ${name} as it was at ${world.lastSequence}, ${timeText(atMs)}:`);
    print(planText(summarise(tail.world, planOf(transition, tail.world))));
    if (flags.dryRun) {
      const to = 'timeMs' in moment ? new Date(moment.timeMs).toISOString() : flags.to;
      print(forRealText(['restore', name, '--to', to, ...domainWords]));
      return 0;
    }
    const show = (done: number, total: number): void => progress.show('Sending edits', done, total);
    const { edits } = await carryOut(transition, tail, session.sender(name), show);
    progress.clear();
    print(`Done with ${countText(edits, 'edit')}; the log is at ${tail.world.lastSequence}.`);
    return 0;
  },
});

/** Makes a world what another one is, or was at a time. */
export function becoming(world: EntityWorld, targetAtMs: number, isInsistent: boolean): Transition {
  return { target: () => world.entities(), targetAtMs, isInsistent };
}
