import { beforeEach, describe, expect, it } from '@jest/globals';
import { type MessageOf, decodeMessage } from '@app/wire';
import { BATCH_BYTES_MAX, HEARING_INTERVAL_MS, HEARING_NAMED_PER_GATEWAY_MAX, HEARING_PEOPLE_MAX } from '@app/world';
import { GatewayKit, type SimClient } from '../../test/gateway-kit.js';

let kit: GatewayKit;
const advance = (durationMs: number): Promise<void> => kit.clock.advanceAsync(durationMs);

beforeEach(() => {
  kit = new GatewayKit();
});

/** The wishes of a session in the newest table that has it. */
function toldOf(sessionId: number): MessageOf<'HearingWishes'> | undefined {
  const entry = kit.hearing
    .flatMap(({ entries }) => entries)
    .findLast((candidate) => candidate.sessionId === sessionId);
  return entry && decodeMessage('HearingWishes', entry.wishes ?? new Uint8Array(0));
}

/** Somebody inside who answers pings. */
async function enter(token?: string): Promise<SimClient> {
  const client = await kit.client().enter(token ? { resumeToken: token } : {});
  kit.clock.every(500, () => client.events.onPong());
  return client;
}

const people = (first: number): number[] => Array.from({ length: HEARING_PEOPLE_MAX }, (_, index) => first + index);

describe('wishes about what is heard', () => {
  it('reach the mixers within 100 ms, and not before there are any', async () => {
    const client = await enter();
    await advance(6_000);
    expect(kit.hearing).toHaveLength(0);
    const wishes = { gains: [{ sessionId: 5, gain: 0.5 }], ignored: [7, 7], spaceM: 2 };
    client.say(client.transport, { setHearing: { wishes } });
    await advance(110);
    expect(kit.hearing).toHaveLength(1);
    expect(kit.hearing[0].gatewayId).toBe('gateway-a');
    expect(toldOf(client.sessionId)).toMatchObject({ ...wishes, ignored: [7], solo: [], megaphone: false });
  });

  it('are told at most ten times a second, the newest only', async () => {
    const client = await enter();
    const { transport } = client;
    const before = kit.hearing.length;
    for (let step = 1; step <= 20; step++) {
      client.say(transport, { setHearing: { wishes: { spaceM: step / 4 } } });
      await advance(20);
    }
    await advance(100);
    expect(kit.hearing.length - before).toBeLessThanOrEqual(6);
    expect(toldOf(client.sessionId)?.spaceM).toBe(5);
  });

  it('are told again every 5 s, on request, and also when nothing is wished any more', async () => {
    const client = await enter();
    client.say(client.transport, { setHearing: { wishes: { ignored: [9] } } });
    await advance(200);
    kit.hearing.length = 0;
    await advance(HEARING_INTERVAL_MS + 20);
    expect(kit.hearing).toHaveLength(1);
    kit.publish('rosterRequest', 'audio-mixer-x', 'RosterRequest', { instanceId: 'audio-mixer-x' });
    await advance(30);
    expect(kit.hearing).toHaveLength(2);
    client.say(client.transport, { setHearing: {} });
    await advance(130);
    expect(toldOf(client.sessionId)).toMatchObject({ ignored: [] });
    kit.hearing.length = 0;
    await advance(HEARING_INTERVAL_MS + 20);
    expect(kit.hearing[0].entries).toHaveLength(1);
  });

  it('follow the roster when the session comes back, and hold without being said again', async () => {
    const client = await enter();
    client.say(client.transport, { setHearing: { wishes: { ignored: [9] } } });
    await advance(200);
    client.events.onClosed(true);
    await advance(1_000);
    kit.hearing.length = 0;
    await advance(HEARING_INTERVAL_MS);
    expect(kit.hearing).toHaveLength(0);
    const back = await enter(client.token);
    await advance(200);
    expect(back.sessionId).toBe(client.sessionId);
    expect(toldOf(client.sessionId)?.ignored).toEqual([9]);
  });

  it('are refused as a whole when a number is out of its range, and stay as they were', async () => {
    const client = await enter();
    const { transport } = client;
    client.say(transport, { setHearing: { wishes: { ignored: [9] } } });
    client.say(transport, { setHearing: { wishes: { gains: [{ sessionId: 5, gain: NaN }] } } });
    await advance(130);
    expect(transport.reliable.at(-1)?.requestFailed).toMatchObject({ request: 0, code: 'hearing-invalid' });
    expect(toldOf(client.sessionId)?.ignored).toEqual([9]);
  });

  it('grant nobody a megaphone by default, and everything else of the same message', async () => {
    const client = await enter();
    expect(client.find('welcome')?.megaphoneAllowed).toBe(false);
    client.say(client.transport, { setHearing: { wishes: { ignored: [9], megaphone: true } } });
    await advance(130);
    expect(client.transport.reliable.at(-1)?.requestFailed?.code).toBe('megaphone-not-allowed');
    expect(toldOf(client.sessionId)).toMatchObject({ ignored: [9], megaphone: false });
  });

  it('grant a megaphone to everybody where the operator says so', async () => {
    kit = new GatewayKit(10, 'everybody');
    const client = await enter();
    expect(client.find('welcome')?.megaphoneAllowed).toBe(true);
    client.say(client.transport, { setHearing: { wishes: { megaphone: true } } });
    await advance(130);
    expect(client.transport.reliable).toEqual([]);
    expect(toldOf(client.sessionId)?.megaphone).toBe(true);
  });

  it('are refused when everybody together names too many, in tables that the broker takes', async () => {
    const count = Math.ceil(HEARING_NAMED_PER_GATEWAY_MAX / (3 * HEARING_PEOPLE_MAX)) + 1;
    kit = new GatewayKit(count);
    const wishes = {
      gains: people(1_000).map((sessionId) => ({ sessionId, gain: 2 })),
      ignored: people(2_000),
      solo: people(3_000),
    };
    const refused: string[] = [];
    for (let index = 0; index < count; index++) {
      const client = await enter();
      client.say(client.transport, { setHearing: { wishes } });
      const failure = client.transport.reliable.at(-1)?.requestFailed;
      if (failure) refused.push(failure.code ?? '');
    }
    expect(refused).toEqual(['hearing-too-many', 'hearing-too-many']);
    await advance(200);
    kit.hearing.length = 0;
    await advance(HEARING_INTERVAL_MS + 100);
    expect(kit.hearing.flatMap(({ entries }) => entries)).toHaveLength(count - 2);
    const sizes = kit.hearing.map(({ entries }) => entries.reduce((sum, { wishes: w }) => sum + (w?.length ?? 0), 0));
    expect(Math.max(...sizes)).toBeLessThan(BATCH_BYTES_MAX);
  });
});
