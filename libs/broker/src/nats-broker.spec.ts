import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@app/clock';
import { findFreePort, type NatsServer, outagesOfServer, startNatsServer } from '@app/testing';
import { describeBroker } from './broker.contract.js';
import { bytes, eventually, textOf } from './run.contract.js';
import { NatsBroker } from './nats-broker.js';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(async () => {
  await server.stop();
});

describeBroker('NatsBroker', async () => ({
  connect: () => NatsBroker.connect({ url: server.url, name: 'contract' }),
  ...outagesOfServer(server),
}));

describe('NatsBroker at the edges', () => {
  it('waits for a broker that comes up later', async () => {
    const port = await findFreePort();
    const connecting = NatsBroker.connect({ url: `nats://127.0.0.1:${port}`, connectTimeoutMs: 15_000 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const late = await startNatsServer({ port });
    const broker = await connecting;
    expect(broker.isConnected).toBe(true);
    await broker.close();
    await late.stop();
  });

  it('gives up on a broker that does not come', async () => {
    const port = await findFreePort();
    const startMs = Date.now();
    await expect(NatsBroker.connect({ url: `nats://127.0.0.1:${port}`, connectTimeoutMs: 300 })).rejects.toMatchObject({
      code: 'broker-disconnected',
    });
    expect(Date.now() - startMs).toBeLessThan(3_000);
  });

  it('uses the credentials it was given, and gives up at once when they are refused', async () => {
    const closed = await startNatsServer({ config: 'authorization { token: "sesame" }' });
    const broker = await NatsBroker.connect({ url: closed.url, token: 'sesame' });
    await broker.flush();
    await broker.close();
    const startMs = Date.now();
    await expect(NatsBroker.connect({ url: closed.url, token: 'wrong' })).rejects.toMatchObject({
      code: 'broker-disconnected',
    });
    expect(Date.now() - startMs).toBeLessThan(5_000);
    await closed.stop();
  });

  it('drops events instead of keeping them when the broker does not read', async () => {
    const frozen = await startNatsServer();
    const broker = await NatsBroker.connect({ url: frozen.url, unsentBytesMax: 1_000_000, pingIntervalMs: 60_000 });
    const payload = new Uint8Array(500_000);
    frozen.pause();
    // The kernel takes some megabytes before anything has to wait in this process.
    for (let index = 0; index < 100 && broker.counters.publishedDropped === 0; index++) {
      broker.publish('a.b', payload);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(broker.counters.publishedDropped).toBeGreaterThan(0);
    frozen.resume();
    await eventually('the broker has read', () => {
      const before = broker.counters.published;
      broker.publish('a.b', new Uint8Array(1));
      return broker.counters.published > before;
    });
    await broker.close();
    await frozen.stop();
  });

  it('notices a broker that hangs, and comes back when it goes on', async () => {
    const hanging = await startNatsServer();
    const broker = await NatsBroker.connect({ url: hanging.url, pingIntervalMs: 100 });
    hanging.pause();
    await eventually('the broker is taken for gone', () => !broker.isConnected);
    hanging.resume();
    await eventually('the broker is back', () => broker.isConnected);
    await broker.flush();
    await broker.close();
    await hanging.stop();
  });

  it('reports what the broker refuses', async () => {
    const strict = await startNatsServer({
      config:
        'authorization { users: [{ user: u, password: p, permissions: { publish: "ok.>", subscribe: ["ok.>", "_INBOX.>"] } }] }',
    });
    const broker = await NatsBroker.connect({ url: strict.url, user: 'u', pass: 'p' });
    const errors: string[] = [];
    broker.onStatus((status) => {
      if (status.type === 'error') errors.push(status.error.message);
    });
    broker.subscribe('secret.>', () => undefined);
    broker.publish('secret.a', bytes('x'));
    await broker.flush();
    await eventually('both refusals are told', () => errors.length >= 2);
    expect(broker.isConnected).toBe(true);
    await broker.close();
    await strict.stop();
  });

  it('fails storage requests with broker-unavailable when the broker has no storage', async () => {
    const plain = await startNatsServer({ jetStream: false });
    const broker = await NatsBroker.connect({ url: plain.url, storageWaitMs: 300 });
    await expect(broker.keyValue('bucket')).rejects.toMatchObject({ code: 'broker-unavailable', retryable: true });
    await expect(broker.stream({ name: 'S', subjects: ['a.b'] })).rejects.toMatchObject({ code: 'broker-unavailable' });
    await broker.close();
    await plain.stop();
  });

  it('says at once that a stream cannot have what it was not made with', async () => {
    const broker = await NatsBroker.connect({ url: server.url });
    const base = { name: 'FIXED', subjects: ['fixed.in.*'] };
    await broker.stream(base);
    const startMs = Date.now();
    await expect(broker.stream({ ...base, republish: { from: 'fixed.in.*', to: 'fixed.in.*' } })).rejects.toMatchObject(
      { code: 'broker-unavailable', cause: expect.any(Error) },
    );
    expect(Date.now() - startMs).toBeLessThan(5_000);
    await broker.close();
  });

  it('reads long logs completely', async () => {
    const broker = await NatsBroker.connect({ url: server.url });
    const stream = await broker.stream({ name: 'LONG', subjects: ['long.*'] });
    const count = 1_700;
    await Promise.all(Array.from({ length: count }, (_, index) => stream.append('long.a', bytes(String(index)))));
    const all = await stream.read('long.a', 1, 10_000);
    expect(all.map(({ sequence }) => sequence)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    const last = await stream.last('long.*', 1_200);
    expect(last).toHaveLength(1_200);
    expect(last[1_199].sequence).toBe(count);
    expect(textOf(last[0].data)).toBe(textOf(all[count - 1_200].data));
    await broker.close();
  });

  it('removes pieces of objects whose writers died, but none that may still be written', async () => {
    const broker = await NatsBroker.connect({ url: server.url });
    const objects = await broker.objectStore('swept');
    await objects.put('kept', new Uint8Array(300_000));
    broker.publish('$O.swept.C.dead', new Uint8Array(100_000));
    await broker.flush();
    const chunks = async (opened: NatsBroker): Promise<number> => {
      const request = bytes(JSON.stringify({ subjects_filter: '$O.swept.C.>' }));
      const answer = await opened.request('$JS.API.STREAM.INFO.OBJ_swept', request, { timeoutMs: 5_000 });
      const { state } = JSON.parse(textOf(answer) ?? '') as { state: { subjects?: Record<string, number> } };
      return Object.keys(state.subjects ?? {}).length;
    };
    await broker.objectStore('swept');
    await objects.put('later', new Uint8Array(10));
    expect(await chunks(broker)).toBe(3);
    const hours = new (class extends SystemClock {
      override wallMs = (): number => Date.now() + 2 * 3_600_000;
    })();
    const late = await NatsBroker.connect({ url: server.url, clock: hours });
    await late.objectStore('swept');
    let left = 3;
    for (let turn = 0; turn < 200 && left > 2; turn++) left = await chunks(late);
    expect(left).toBe(2);
    expect((await objects.list('')).map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['kept', 300_000],
      ['later', 10],
    ]);
    for await (const piece of (await objects.get('kept'))?.data ?? []) expect(piece.length).toBeGreaterThan(0);
    await Promise.all([broker.close(), late.close()]);
  });

  it('says that an object lost some of its bytes, or all', async () => {
    const broker = await NatsBroker.connect({ url: server.url });
    const objects = await broker.objectStore('damaged');
    const readAll = async (name: string): Promise<number> => {
      let sizeBytes = 0;
      for await (const { length } of (await objects.get(name))?.data ?? []) sizeBytes += length;
      return sizeBytes;
    };
    await objects.put('whole', new Uint8Array(300_000));
    await objects.put('cut', new Uint8Array(300_000));
    const { sequence } = await newestOf(broker, '$O.damaged.C.>');
    await objects.put('lost', new Uint8Array(100_000));
    const { sequence: lost } = await newestOf(broker, '$O.damaged.C.>');
    for (const seq of [sequence, lost]) {
      const deleted = await broker.request('$JS.API.STREAM.MSG.DELETE.OBJ_damaged', bytes(JSON.stringify({ seq })), {
        timeoutMs: 5_000,
      });
      expect(textOf(deleted)).toContain('"success":true');
    }
    expect(await readAll('whole')).toBe(300_000);
    for (const name of ['cut', 'lost']) {
      await expect(readAll(name)).rejects.toMatchObject({ code: 'broker-object-corrupt', retryable: false });
    }
    await broker.close();
  });
});

/** The newest message of a stream of JetStream's own, by its API. */
async function newestOf(broker: NatsBroker, subject: string): Promise<{ sequence: number }> {
  const request = bytes(JSON.stringify({ last_by_subj: subject }));
  const answer = await broker.request('$JS.API.STREAM.MSG.GET.OBJ_damaged', request, { timeoutMs: 5_000 });
  const { message } = JSON.parse(textOf(answer) ?? '') as { message: { seq: number } };
  return { sequence: message.seq };
}
