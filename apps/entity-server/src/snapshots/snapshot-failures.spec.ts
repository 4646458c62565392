import { describe, expect, it } from '@jest/globals';
import type { ActorContext } from '@app/actor';
import { BrokerError } from '@app/broker';
import { EntityWorld } from '@app/entities';
import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { SimClock } from '@app/testing';
import { entityServerMetrics } from '../entity-server.metrics.js';
import type { WorldReplica } from '../world-replica.js';
import { SnapshotActor } from './snapshot.actor.js';
import type { SnapshotAnswer, SnapshotOrder } from './snapshot-protocol.js';

describe('What the keeper of snapshots cannot do', () => {
  it.each([
    ['look', 'failed"} 1', 'trim_failed_total 0'],
    ['trim', 'failed"} 0', 'trim_failed_total 1'],
  ] as const)('is counted as what it is: %s', async (type, snapshots, trims) => {
    const fail = () => Promise.reject(new BrokerError('broker-unavailable', 'Nobody is there.'));
    const journal = { stream: { state: fail }, snapshots: { list: fail } };
    const replica = { name: 'main', world: new EntityWorld(), journal } as unknown as WorldReplica;
    const registry = new PrometheusMetrics();
    const metrics = entityServerMetrics(registry);
    metrics.snapshots.inc(0, { result: 'failed' });
    const limits = { historyMsMax: 0, historyBytesMax: 0, tiers: [], snapshotAfterEdits: 1 };
    const actor = new SnapshotActor({ ...limits, replica, logger: silentLogger, metrics, edits: { count: 0 } });
    const context = { clock: new SimClock() } as unknown as ActorContext<SnapshotOrder, SnapshotAnswer>;
    expect(await actor.receive({ type }, context)).toEqual({});
    const text = await registry.text();
    expect(text).toContain(snapshots);
    expect(text).toContain(trims);
  });
});
