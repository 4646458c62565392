import { verifyWorld } from '@app/entities';
import { type CheckedServer, checkServers, chooseAssets, findEntityServers } from '@app/keeper';
import { defineSettings } from '@app/settings';
import { countText, listText } from './plain-text.js';
import { defineCommand } from './world-command.js';

/** Missing assets that are told; more are counted. */
const MISSING_TOLD_MAX = 20;

/** `vicinity world verify` */
export const verify = defineCommand({
  usage: 'NAME',
  help: 'Reads a world from its first event, and compares all snapshots and all running entity-servers. Exit code 1 if one is wrong. Names assets that are not stored.',
  operandsMin: 1,
  operandsMax: 1,
  flags: defineSettings({}),
  async run({ session, operands: [name], print, progress }) {
    const kept = await session.world(name);
    // Before the log is read: that leaves no time for heartbeats, and who is not heard counts as gone.
    const serverIds = await findEntityServers(session.broker, session.clock);
    const show = (done: number, total: number): void => progress.show('Reading the log', done, total);
    const report = await verifyWorld(kept.journal, show);
    const { fromSequence, toSequence, unreadable, count, hash, snapshots } = report;
    const servers = await checkServers(session.broker, kept, serverIds, report.world);
    progress.clear();
    const beginning =
      fromSequence === 0 ? 'the first event' : `the snapshot at ${fromSequence}, the log's beginning is gone,`;
    print(`Read from ${beginning} to ${toSequence}: ${countText(count, 'entity', 'entities')}.`);
    print(`hash  ${Buffer.from(hash).toString('hex')}`);
    if (unreadable > 0) print(`${countText(unreadable, 'message')} of the log cannot be read and is left out by all.`);
    for (const { sequence, fault } of snapshots) print(`snapshot at ${sequence}: ${fault ?? 'right'}`);
    for (const server of servers) print(serverText(server));
    if (servers.length === 0) print('No entity-server runs that could be compared with the log.');
    const faults = [...snapshots, ...servers].filter(({ fault }) => fault !== undefined).length;
    const { missing } = await chooseAssets(await session.shelf(), report.world, 'used');
    const missingText = `${countText(missing.length, 'asset')} that the world names cannot be found`;
    if (missing.length > 0) print(`${missingText}:\n${listText(missing, MISSING_TOLD_MAX)}`);
    const rightText = missing.length === 0 ? 'Everything is right.' : `All else is right; ${missingText}.`;
    print(faults === 0 ? rightText : `${countText(faults, 'fault')} found.`);
    return faults === 0 ? 0 : 1;
  },
});

function serverText({ serverId, sequence, fault }: CheckedServer): string {
  return fault === undefined ? `${serverId} at ${sequence}: right` : `${serverId}: ${fault}`;
}
