import { subjectOf } from '@app/broker';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage } from '@app/wire';
import {
  CLIENT_SILENCE_MS_MAX,
  HELLO_TIMEOUT_MS,
  RESUME_WINDOW_MS,
  SESSIONS_PER_GATEWAY_MAX,
  SOCKETS_PENDING_MAX,
} from '@app/world';
import { GatewayKit, type SimClient } from '../test/gateway-kit.js';

let kit: GatewayKit;
const advance = (durationMs: number): Promise<void> => kit.clock.advanceAsync(durationMs);

/** Keeps a client alive, as its browser's answers to pings do. */
const answerPings = (client: SimClient): void => void kit.clock.every(500, () => client.events.onPong());

beforeEach(() => {
  kit = new GatewayKit();
});

describe('entering', () => {
  it('welcomes, offers media, and lists the session before anybody serves it', async () => {
    await kit.addAudioMixer('audio-mixer-a');
    await kit.addMember('avatar-mixer', 'avatar-mixer-a');
    const client = kit.client().hello();
    await advance(120);
    expect(client.find('welcome')).toMatchObject({ resumed: false, world: 'main', gatewayId: 'gateway-a' });
    expect(client.find('offer')).toMatchObject({ generation: 1, sdp: 'offer 1' });
    expect(kit.entryOf(client.sessionId)).toMatchObject({ epoch: 1, audioMixer: 0, avatarMixer: 0 });
    client.transport.enter('connected');
    await advance(50);
    expect(kit.entryOf(client.sessionId)).toMatchObject({ audioMixer: 1, avatarMixer: 1, sync: 1 });
    client.transport.enter('broken');
    await advance(50);
    expect(kit.entryOf(client.sessionId)).toMatchObject({ audioMixer: 0, avatarMixer: 0 });
  });

  it('lets clients into worlds that are made while it runs', async () => {
    expect(kit.client().hello({ world: 'new' }).find('refused')?.code).toBe('world-unknown');
    kit.gateway.openWorlds(['main', 'new']);
    await kit.addAudioMixer('audio-mixer-a');
    expect(kit.client().hello({ world: 'new' }).find('welcome')).toMatchObject({ world: 'new' });
  });

  it.each([
    ['a world that is not there', { world: 'nowhere' }, 'world-unknown', 0],
    ['another version', { protocolVersion: 0x0009_0000 }, 'version-mismatch', 0],
    ['a name with control characters', { traits: { name: '\u0001' } }, 'name-invalid', 0],
  ])('refuses %s', (_name, hello, code, retryAfterMs) => {
    const client = kit.client().hello(hello);
    expect(client.find('refused')).toMatchObject({ code, retryAfterMs });
    expect(client.end).toBe('closed');
  });

  it('refuses when it is full, but never somebody who comes back', async () => {
    kit = new GatewayKit(1);
    const first = await kit.client().enter();
    const second = kit.client().hello();
    expect(second.find('refused')?.code).toBe('gateway-full');
    expect(second.find('refused')?.retryAfterMs).toBeGreaterThan(0);
    const again = kit.client().hello({ resumeToken: first.token });
    expect(again.find('welcome')).toMatchObject({ resumed: true, sessionId: first.sessionId });
  });

  it('gives a number that two have drawn to the first of them alone', () => {
    const nothing = (): void => undefined;
    const link = { address: '', send: nothing, close: nothing, terminate: nothing };
    const traits = { name: 'Ada', colour: 0, modelUrl: '' };
    const hello = { kind: 'hello', world: 'main', resumeToken: '', traits, pose: undefined, agent: '' } as const;
    const { sessionId } = kit.gateway.reserve('main');
    expect(kit.gateway.admit(link, hello, sessionId).id).toBe(sessionId);
    expect(() => kit.gateway.admit(link, hello, sessionId)).toThrow(expect.objectContaining({ code: 'gateway-full' }));
  });

  it('takes a token that is not valid for none', () => {
    const client = kit.client().hello({ resumeToken: 'AAAA' });
    expect(client.find('welcome')).toMatchObject({ resumed: false });
  });

  it('wants Hello, first and in time', async () => {
    const mute = kit.client();
    const hasty = kit.client();
    hasty.signal({ bye: {} });
    expect(hasty.find('refused')?.code).toBe('hello-expected');
    await advance(HELLO_TIMEOUT_MS + 10);
    expect(mute.find('refused')?.code).toBe('hello-timeout');
    mute.hello();
    expect(mute.find('welcome')).toBeUndefined();
  });

  it('keeps a bounded number of sockets waiting: a crowd of silent ones keeps nobody out', () => {
    const waiting = Array.from({ length: SOCKETS_PENDING_MAX }, () => kit.client());
    const honest = kit.client();
    expect(waiting[0].find('refused')?.code).toBe('hello-timeout');
    expect(waiting[0].end).toBe('closed');
    expect(waiting[1].find('refused')).toBeUndefined();
    expect(honest.hello().find('welcome')).toBeDefined();
    kit.client();
    expect(waiting[1].find('refused')).toBeUndefined();
  });
});

describe('leaving and coming back', () => {
  it('sees a client leave that is silent, and takes it back as the same session', async () => {
    const client = await kit.client().enter();
    await advance(CLIENT_SILENCE_MS_MAX - 200);
    expect(kit.entryOf(client.sessionId)).toBeDefined();
    await advance(500);
    expect(kit.entryOf(client.sessionId)).toBeUndefined();
    expect(client.end).toBe('terminated');
    await advance(10_000);
    const back = await kit.client().enter({ resumeToken: client.token });
    expect(back.find('welcome')).toMatchObject({ resumed: true, sessionId: client.sessionId });
    await advance(100);
    expect(kit.entryOf(client.sessionId)?.epoch).toBe(2);
  });

  it('keeps a client that answers pings, or moves', async () => {
    const quiet = await kit.client().enter();
    answerPings(quiet);
    const mover = await kit.client().enter();
    const { transport } = mover;
    kit.clock.every(1_000, () => mover.move(transport, 1));
    await advance(3 * CLIENT_SILENCE_MS_MAX);
    expect(kit.entryOf(quiet.sessionId)).toBeDefined();
    expect(kit.entryOf(mover.sessionId)).toBeDefined();
  });

  it('forgets a client that stays away for too long', async () => {
    const client = await kit.client().enter();
    client.events.onClosed(true);
    await advance(RESUME_WINDOW_MS + 2_000);
    const back = kit.client().hello({ resumeToken: client.token });
    expect(back.find('welcome')).toMatchObject({ resumed: false });
    expect(back.sessionId).not.toBe(client.sessionId);
  });

  it('sees a closed tab at once, and one whose socket broke a moment later', async () => {
    const closed = await kit.client().enter();
    const broken = await kit.client().enter();
    closed.events.onClosed(true);
    broken.events.onClosed(false);
    await advance(120);
    expect(kit.entryOf(closed.sessionId)).toBeUndefined();
    expect(kit.entryOf(broken.sessionId)).toBeDefined();
    await advance(800);
    expect(kit.entryOf(broken.sessionId)).toBeUndefined();
  });

  it('lets nobody back who said Bye', async () => {
    const client = await kit.client().enter();
    client.signal({ bye: {} });
    await advance(120);
    expect(kit.entryOf(client.sessionId)).toBeUndefined();
    expect(kit.client().hello({ resumeToken: client.token }).find('welcome')).toMatchObject({ resumed: false });
  });

  it('tells the older of two sockets of one session to stay away', async () => {
    const first = await kit.client().enter();
    const second = await kit.client().enter({ resumeToken: first.token });
    expect(first.find('closed')).toMatchObject({ code: 'session-moved', resumable: false });
    first.events.onClosed(true);
    await advance(200);
    expect(kit.entryOf(second.sessionId)?.epoch).toBe(2);
  });

  it('sends a new token long before the old one expires', async () => {
    const client = await kit.client().enter();
    answerPings(client);
    await advance(31_000);
    const renewed = client.find('tokenRenewed')?.resumeToken;
    expect(renewed).toBeTruthy();
    expect(kit.client().hello({ resumeToken: renewed }).sessionId).toBe(client.sessionId);
  });

  it('lets go of a session that another gateway claims with a higher epoch, and may get it back', async () => {
    const client = await kit.client().enter();
    const claim = (epoch: number, revision: number): void =>
      kit.publish('roster', 'gateway-b', 'SessionRoster', {
        gatewayId: 'gateway-b',
        gatewayEpochMs: 50,
        revision,
        sessions: [{ sessionId: client.sessionId, epoch }],
      });
    claim(1, 1);
    await advance(150);
    expect(kit.entryOf(client.sessionId)).toBeDefined();
    claim(5, 2);
    await advance(150);
    expect(kit.entryOf(client.sessionId)).toBeUndefined();
    expect(client.find('closed')).toMatchObject({ code: 'session-moved', resumable: false });
    const back = await kit.client().enter({ resumeToken: client.token });
    expect(back.sessionId).toBe(client.sessionId);
    await advance(100);
    expect(kit.entryOf(client.sessionId)?.epoch).toBe(6);
  });

  it('sends everybody away when it drains, with a last roster that has them all', async () => {
    const client = await kit.client().enter();
    kit.gateway.drain();
    await advance(20);
    expect(client.find('closed')).toMatchObject({ code: 'gateway-draining', resumable: true });
    expect(kit.roster).toMatchObject({ isLast: true });
    expect(kit.entryOf(client.sessionId)).toBeDefined();
    const late = kit.client().hello({ resumeToken: client.token });
    expect(late.find('refused')?.code).toBe('gateway-draining');
    expect(late.find('refused')?.retryAfterMs).toBeGreaterThan(0);
  });
});

describe('media', () => {
  it('offers again when a connection breaks, and keeps the session listed', async () => {
    const client = await kit.client().enter();
    answerPings(client);
    client.transport.enter('lost');
    await advance(50);
    expect(client.find('offer')).toMatchObject({ generation: 2 });
    expect(kit.entryOf(client.sessionId)).toBeDefined();
    client.transport.enter('connected');
    await advance(150);
    expect(kit.entryOf(client.sessionId)?.sync).toBe(2);
  });

  it('keeps the old connection until the new one works when the client asks for another', async () => {
    const client = await kit.client().enter();
    const old = client.transport;
    client.signal({ mediaFailed: { generation: 1 } });
    await advance(50);
    expect(old.state).toBe('connected');
    client.transport.enter('connected');
    expect(old.state).toBe('closed');
    client.signal({ mediaFailed: { generation: 1 } });
    await advance(50);
    expect(client.find('offer')).toMatchObject({ generation: 2 });
  });

  it('tries again while there is no worker, and gives up in the end', async () => {
    kit.isMediaDown = true;
    const client = kit.client().hello();
    answerPings(client);
    await advance(2_000);
    expect(client.find('offer')).toBeUndefined();
    kit.isMediaDown = false;
    await advance(5_000);
    expect(client.find('offer')).toBeDefined();
    await advance(25_000);
    expect(client.find('closed')).toMatchObject({ code: 'media-timeout', resumable: true });
    expect(kit.entryOf(client.sessionId)).toBeUndefined();
  });

  it('makes no more offers than a client can be in need of', async () => {
    const client = await kit.client().enter();
    answerPings(client);
    kit.clock.every(50, () => client.transport.enter('broken'));
    await advance(10_000);
    expect(kit.transports.length).toBeLessThan(14);
  });

  it('refuses a bad answer with a code and waits for a good one', async () => {
    const client = kit.client().hello();
    await advance(20);
    client.signal({ answer: { generation: 1, sdp: 'bad' } });
    await advance(10);
    expect(client.find('error')?.code).toBe('answer-malformed');
    client.signal({ answer: { generation: 7, sdp: 'of nothing' } });
    client.signal({ answer: { generation: 1, sdp: 'good' } });
    await advance(10);
    expect(client.transport.answers).toEqual(['good']);
  });
});

describe('sound and poses', () => {
  it('sends what arrived in a tick as one message of each kind', async () => {
    const [one, two] = [await kit.client().enter(), await kit.client().enter()];
    const [first, second] = kit.transports;
    await advance(1_200);
    kit.audioUps.length = 0;
    kit.avatarUps.length = 0;
    for (let sequence = 1; sequence <= 3; sequence++) one.speak(first, sequence);
    two.speak(second, 9);
    one.move(first, 1);
    one.move(first, 2);
    await advance(10);
    const packets = kit.audioUps.flatMap((message) => message.packets);
    expect(kit.audioUps.filter((message) => message.packets.length > 0)).toHaveLength(1);
    expect(packets.map(({ sessionId, sequence }) => [sessionId, sequence])).toEqual([
      [one.sessionId, 1],
      [one.sessionId, 2],
      [one.sessionId, 3],
      [two.sessionId, 9],
    ]);
    const poses = kit.avatarUps.flatMap((message) => message.poses);
    expect(poses.filter((pose) => pose.sessionId === one.sessionId)).toMatchObject([{ sequence: 2, loudness: 96 }]);
  });

  it('repeats where everybody is once a second, and when somebody asks', async () => {
    const client = await kit.client().enter();
    answerPings(client);
    await advance(1_500);
    kit.avatarUps.length = 0;
    kit.audioUps.length = 0;
    await advance(5_000);
    const count = (): number => kit.avatarUps.flatMap((message) => message.poses).length;
    expect(count()).toBe(5);
    expect(kit.audioUps.flatMap((message) => message.poses)).toHaveLength(5);
    const rosters = kit.rosters.length;
    const tables = kit.traits.length;
    kit.publish('rosterRequest', 'audio-mixer-x', 'RosterRequest', { instanceId: 'audio-mixer-x' });
    await advance(40);
    expect(count()).toBeGreaterThanOrEqual(6);
    expect(kit.rosters.length).toBe(rosters + 1);
    expect(kit.traits.length).toBe(tables + 1);
  });

  /** Who was told of after the newest roster, by what was published in its tick. */
  const record = (): string[] => {
    const order: string[] = [];
    const note = (row: 'roster' | 'audioUp' | 'avatarUp'): void => {
      kit.others.subscribe(subjectOf(row, { world: 'main', who: 'gateway-a' }), ({ data }) => {
        const bytes = Uint8Array.from(data);
        if (row === 'roster') return void order.push('roster');
        const { poses } = decodeMessage(row === 'audioUp' ? 'AudioUplink' : 'AvatarUplink', bytes);
        for (const pose of poses) order.push(`${row} ${pose.sessionId}`);
      });
    };
    for (const row of ['roster', 'audioUp', 'avatarUp'] as const) note(row);
    return order;
  };

  it('tells a mixer that has just started where everybody is, right behind the roster', async () => {
    const clients = [await kit.client().enter(), await kit.client().enter(), await kit.client().enter()];
    const [first] = kit.transports;
    // Away from everybody's regular repetition, and from the next roster.
    for (let wait = 0; wait < 60; wait++) {
      const before = kit.rosters.length;
      await advance(10);
      if (kit.rosters.length > before) break;
    }
    await advance(100);
    clients[0].move(first, 1);
    await advance(10);
    const order = record();
    kit.publish('rosterRequest', 'audio-mixer-x', 'RosterRequest', { instanceId: 'audio-mixer-x' });
    await advance(11);
    const ids = clients.map(({ sessionId }) => sessionId);
    const expected = ['audioUp', 'avatarUp'].flatMap((row) => ids.map((id) => `${row} ${id}`));
    expect(order.slice(order.indexOf('roster') + 1).sort()).toEqual(expected.sort());
  });

  it('shows somebody who has just come behind the roster that lists them', async () => {
    await kit.client().enter();
    await advance(300);
    const order = record();
    kit.client().hello();
    await advance(11);
    // Its first pose leaves before a roster may follow the last one.
    const late = kit.client().hello();
    await advance(30);
    const behind = order.slice(order.lastIndexOf('roster') + 1);
    expect(order.filter((entry) => entry === 'roster')).toHaveLength(2);
    expect(behind).toEqual(expect.arrayContaining([`audioUp ${late.sessionId}`, `avatarUp ${late.sessionId}`]));
  });

  it('tells everybody again where all are when listeners move to another mixer', async () => {
    await kit.addAudioMixer('audio-mixer-a');
    await kit.addAudioMixer('audio-mixer-b');
    await advance(2_500);
    const clients = [await kit.client().enter(), await kit.client().enter(), await kit.client().enter()];
    for (const client of clients) answerPings(client);
    await advance(1_000);
    const mixer = kit.mixerOf(clients[0].sessionId) ?? '';
    kit.kill(mixer);
    const order = record();
    let moved = 0;
    while (kit.mixerOf(clients[0].sessionId) === mixer && moved++ < 40) await advance(5);
    expect(kit.mixerOf(clients[0].sessionId)).not.toBe(mixer);
    await advance(5);
    const behind = order.slice(order.lastIndexOf('roster') + 1);
    const expected = ['audioUp', 'avatarUp'].flatMap((row) => clients.map(({ sessionId }) => `${row} ${sessionId}`));
    expect(behind).toEqual(expect.arrayContaining(expected));
  });

  it('takes only newer poses, in 16-bit arithmetic', async () => {
    const client = await kit.client().enter();
    const { transport } = client;
    const newest = (): number | null | undefined =>
      kit.avatarUps.flatMap((message) => message.poses).findLast((pose) => pose.sessionId === client.sessionId)
        ?.sequence;
    for (const [sequence, expected] of [
      [65_534, 65_534],
      [65_533, 65_534],
      [1, 1],
      [65_535, 1],
      [2, 2],
    ]) {
      client.move(transport, sequence / 1_000, sequence);
      await advance(20);
      expect(newest()).toBe(expected);
    }
  });

  it('drops the voice of the muted, and shows them silent', async () => {
    const client = await kit.client().enter();
    const { transport } = client;
    client.speak(transport, 1);
    await advance(20);
    client.say(transport, { setAudio: { muted: true } });
    kit.audioUps.length = 0;
    client.speak(transport, 2);
    await advance(200);
    expect(kit.audioUps.flatMap((message) => message.packets)).toEqual([]);
    expect(kit.avatarUps.flatMap((message) => message.poses).at(-1)?.loudness).toBe(0);
  });

  it('plays a listener only what its own mixer sends', async () => {
    await kit.addAudioMixer('audio-mixer-a');
    const client = await kit.client().enter();
    await advance(100);
    const before = client.transport.mixes.length;
    expect(before).toBeGreaterThan(2);
    kit.mix('audio-mixer-z', 1, [client.sessionId]);
    kit.mix('audio-mixer-z', 2, [client.sessionId, 12345]);
    await advance(1);
    expect(client.transport.mixes.length - before).toBeLessThanOrEqual(1);
    const sequences = client.transport.mixes.map(({ sequence }) => sequence);
    for (let index = 1; index < sequences.length; index++) {
      expect((sequences[index] - sequences[index - 1]) & 0xffff).toBe(1);
    }
  });

  it('moves a listener within 200 ms when its mixer dies, and takes nobody for dead during a broker restart', async () => {
    await kit.addAudioMixer('audio-mixer-a');
    await kit.addAudioMixer('audio-mixer-b');
    await advance(2_500);
    const client = await kit.client().enter();
    answerPings(client);
    await advance(1_000);
    const first = kit.mixerOf(client.sessionId) ?? '';
    kit.bus.partition(kit.broker);
    await advance(1_500);
    kit.bus.heal(kit.broker);
    await advance(300);
    expect(kit.mixerOf(client.sessionId)).toBe(first);
    expect(kit.entryOf(client.sessionId)?.sync).toBe(2);
    kit.kill(first);
    await advance(200);
    expect(kit.mixerOf(client.sessionId)).toBe(first === 'audio-mixer-a' ? 'audio-mixer-b' : 'audio-mixer-a');
  });
});

describe('chat', () => {
  /** A messaging instance that answers, or not, and tells everybody. */
  const addMessaging = async (instanceId: string, isDeaf = false): Promise<string[]> => {
    const ids: string[] = [];
    kit.others.subscribe(subjectOf('messagePost', { world: 'main', who: instanceId }), ({ data, reply }) => {
      const request = decodeMessage('PostRequest', Uint8Array.from(data));
      ids.push(request.deduplicationId);
      if (isDeaf || !reply) return;
      kit.others.publish(reply, encodeMessage('PostReply', { sequence: ids.length }));
      const who = Buffer.from(request.message?.channel ?? '').toString('base64url');
      const message = encodeMessage('ChannelMessage', { ...request.message, sequence: ids.length });
      kit.others.publish(subjectOf('messageOut', { world: 'main', who }), message);
    });
    await kit.addMember('messaging', instanceId);
    return ids;
  };

  it('reaches everybody in the world, and in a channel those who asked for it', async () => {
    await addMessaging('messaging-a');
    const [one, two] = [await kit.client().enter(), await kit.client().enter()];
    const [first, second] = kit.transports;
    one.say(first, { post: { request: 1, channel: 'world', text: 'hello' } });
    two.say(second, { subscribe: { request: 2, channel: 'secret' } });
    await advance(10);
    one.say(first, { post: { request: 3, channel: 'secret', text: 'psst' } });
    await advance(10);
    two.say(second, { unsubscribe: { request: 4, channel: 'secret' } });
    await advance(10);
    one.say(first, { post: { request: 5, channel: 'secret', text: 'again' } });
    await advance(10);
    const textsOf = (transport: typeof first): unknown[] =>
      transport.reliable.flatMap(({ channelMessage }) => (channelMessage ? [channelMessage.text] : []));
    expect(textsOf(first)).toEqual(['hello']);
    expect(textsOf(second)).toEqual(['hello', 'psst']);
  });

  it('tries a post again elsewhere under the same id when the owner of the channel is dead', async () => {
    const deafIds = await addMessaging('messaging-a', true);
    const client = await kit.client().enter();
    answerPings(client);
    const { transport } = client;
    client.say(transport, { post: { request: 1, channel: 'world', text: 'hello' } });
    client.say(transport, { post: { request: 2, channel: 'world', text: 'there' } });
    await advance(1_200);
    kit.kill('messaging-a');
    const ids = await addMessaging('messaging-b');
    await advance(4_000);
    expect(transport.reliable.flatMap(({ posted }) => (posted ? [posted.request] : []))).toEqual([1, 2]);
    expect(ids[0]).toBe(deafIds[0]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says so when nobody answers for five seconds', async () => {
    const client = await kit.client().enter();
    answerPings(client);
    const { transport } = client;
    client.say(transport, { post: { request: 1, channel: 'world', text: 'hello' } });
    await advance(5_200);
    expect(transport.reliable.at(-1)?.requestFailed).toMatchObject({ request: 1, code: 'chat-unavailable' });
  });

  it('limits posts, and answers each that it drops', async () => {
    await addMessaging('messaging-a');
    const client = await kit.client().enter();
    const { transport } = client;
    for (let request = 1; request <= 50; request++) {
      client.say(transport, { post: { request, channel: 'world', text: 'x' } });
    }
    await advance(100);
    const failed = transport.reliable.flatMap(({ requestFailed }) => (requestFailed ? [requestFailed.code] : []));
    const posted = transport.reliable.filter(({ posted: answer }) => answer);
    expect(failed.length + posted.length).toBe(50);
    expect(posted.length).toBeLessThanOrEqual(20);
    expect(new Set(failed)).toEqual(new Set(['rate-limited']));
  });
});

describe('hostile clients', () => {
  it('remembers who lost their network although others knock a thousand times', async () => {
    const client = await kit.client().enter();
    client.events.onClosed(true);
    for (let count = 0; count < SESSIONS_PER_GATEWAY_MAX + 10; count++) kit.client().hello().events.onClosed(true);
    const back = kit.client().hello({ resumeToken: client.token });
    expect(back.find('welcome')).toMatchObject({ resumed: true, sessionId: client.sessionId });
  });

  it('disconnects one whose socket floods with what is no signal at all', async () => {
    const silent = kit.client();
    silent.events.onFlood();
    expect(silent.find('refused')?.code).toBe('flooding');
    const client = await kit.client().enter();
    client.events.onFlood();
    expect(client.find('closed')).toMatchObject({ code: 'flooding', resumable: false });
  });

  it('says that an answer belongs to no open offer', async () => {
    const client = await kit.client().enter();
    client.signal({ answer: { generation: 77, sdp: 'v=0' } });
    await advance(1);
    expect(client.find('error')?.code).toBe('media-closed');
  });

  it('says which signals are too many', async () => {
    const client = await kit.client().enter();
    for (let count = 0; count < 30; count++) client.signal({ mediaFailed: { generation: 77 } });
    expect(client.find('error')?.code).toBe('rate-limited');
  });

  it('disconnects one that floods, with a reason, and does not let it back in by its token', async () => {
    const client = await kit.client().enter();
    const { transport } = client;
    for (let sequence = 0; sequence < 1_000; sequence++) client.speak(transport, sequence);
    expect(client.find('closed')).toMatchObject({ code: 'flooding', resumable: false });
    expect(transport.state).toBe('closed');
    expect(kit.client().hello({ resumeToken: client.token }).find('welcome')).toMatchObject({ resumed: false });
  });

  it('answers rubbish with codes, then disconnects', async () => {
    const client = await kit.client().enter();
    const { transport } = client;
    for (let count = 0; count < 400; count++) transport.events.onReliable(Uint8Array.from([255, 255]));
    expect(transport.reliable[0].requestFailed?.code).toBe('input-malformed');
    expect(client.find('closed')?.code).toBe('flooding');
    const other = await kit.client().enter();
    for (let count = 0; count < 400; count++) other.events.onFrame(Uint8Array.from([255]));
    expect(other.find('error')?.code).toBe('input-malformed');
    expect(other.find('closed')?.code).toBe('flooding');
  });

  it('sends a client away that does not take what it is sent', async () => {
    const client = await kit.client().enter();
    client.transport.events.onReliableOverflow();
    expect(client.find('closed')).toMatchObject({ code: 'client-too-slow', resumable: true });
  });
});
