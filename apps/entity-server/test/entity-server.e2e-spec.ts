import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NatsBroker, subjectOf } from '@app/broker';
import { pause, SystemClock, SystemRandom } from '@app/clock';
import { commonSettings, type CommonSettings, RoleProcess, silentLogger } from '@app/runtime';
import { loadSettings } from '@app/settings';
import { type NatsServer, startNatsServer } from '@app/testing';
import { decodeMessage, encodeMessage, type MessageFields } from '@app/wire';
import 'reflect-metadata';
import { EntityServerModule } from '../src/entity-server.module.js';
import { entityServerSettings } from '../src/entity-server.settings.js';
import { POWER } from '../src/rules/edit-rule.js';
import { add, change, erase, idOf } from './entity-stage.js';

describe('The entity-server role on a real broker', () => {
  const clock = new SystemClock();
  const roles = new Map<string, RoleProcess>();
  let server: NatsServer;
  let broker: NatsBroker;
  let editCount = 0;

  const start = async (name: string): Promise<void> => {
    const settings = { ...commonSettings, ...entityServerSettings };
    const role = new RoleProcess(
      { role: 'entity-server', module: EntityServerModule, settings: entityServerSettings },
      {
        clock,
        random: new SystemRandom(),
        logger: silentLogger,
        instance: { instanceId: name, role: 'entity-server', epochMs: clock.wallMs(), version: '1' },
        settings: loadSettings(settings, { flags: [], variables: {} }) as CommonSettings,
        pid: 1,
        connect: () => NatsBroker.connect({ url: server.url }),
      },
    );
    roles.set(name, role);
    await role.start();
  };
  const stop = async (name: string): Promise<void> => {
    await roles.get(name)?.stop();
    roles.delete(name);
  };
  const edit = async (edits: MessageFields<'EntityEdit'>[], editId = `e2e-${++editCount}`, who = 'any') => {
    const author = { sessionId: 7, name: 'Ada', powers: POWER.ENTITY_POWER_BUILD };
    const request = encodeMessage('EntityEditRequest', { transaction: { editId, author, edits } });
    const subject = subjectOf('entityEdit', { world: 'main', who });
    return decodeMessage('EntityEditReply', await broker.request(subject, request, { timeoutMs: 15_000 }));
  };
  const inspect = async (who: string, atLeastSequence = 0) => {
    const request = encodeMessage('WorldInspectRequest', { atLeastSequence });
    const subject = subjectOf('worldInspect', { world: 'main', who });
    const reply = decodeMessage('WorldInspectReply', await broker.request(subject, request, { timeoutMs: 10_000 }));
    return { ...reply, hash: Buffer.from(reply.hash).toString('hex') };
  };

  beforeAll(async () => {
    server = await startNatsServer();
    broker = await NatsBroker.connect({ url: server.url });
    await start('es-1');
  });

  afterAll(async () => {
    for (const name of [...roles.keys()]) await stop(name);
    await broker.close();
    await server.stop();
  });

  it('answers edits with their place in the log and the revision, refusals with code and field', async () => {
    const added = await edit([add(idOf(1), { position: { x: 1, y: 2, z: 3 } })]);
    expect(added.errorCode).toBe('');
    expect(added.sequence).toBeGreaterThan(0);
    expect(added.results).toHaveLength(1);
    const refused = await edit([add(idOf(2), { position: { x: 1, y: 'up', z: 3 } })]);
    expect(refused).toMatchObject({ errorCode: 'edit-invalid', errorField: expect.stringContaining('position') });
    expect((await edit([change(idOf(9), { name: 'nobody' })])).errorCode).toBe('entity-unknown');
    expect((await inspect('es-1')).count).toBe(1);
  });

  it('shows the same world in another server, which goes on when the first one stops', async () => {
    await start('es-2');
    const { sequence } = await edit([add(idOf(3))], undefined, 'es-2');
    const [one, two] = [await inspect('es-1', sequence), await inspect('es-2', sequence)];
    expect(two.hash).toBe(one.hash);
    await stop('es-1');
    const startMs = clock.nowMs();
    expect((await edit([add(idOf(4))])).errorCode).toBe('');
    expect(clock.nowMs() - startMs).toBeLessThan(1_500);
  });

  it('has everything that it acknowledged after the broker was killed and the role was started anew', async () => {
    const { sequence, results } = await edit([add(idOf(5))], 'remember-me');
    await edit([erase(idOf(4))]);
    const before = await inspect('es-2', sequence + 1);
    await server.kill9();
    await server.restart();
    await stop('es-2');
    await start('es-3');
    while (!broker.isConnected) await pause(clock, 10);
    const again = await edit([add(idOf(5))], 'remember-me');
    expect(again).toMatchObject({ errorCode: '', sequence });
    expect(again.results[0].revision).toBe(results[0].revision);
    expect(await inspect('es-3')).toMatchObject({ hash: before.hash, count: before.count });
  });
});
