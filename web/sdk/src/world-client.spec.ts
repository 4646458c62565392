import { describe, expect, it } from '@jest/globals';
import { packPose } from '@app/wire';
import { FakeServer } from '../test/fake-server.js';
import { settle } from '../test/settle.js';
import type { Platform } from './platform.js';
import { WorldClient } from './world-client.js';

function setUp(change = (platform: Platform): Platform => platform) {
  const server = new FakeServer();
  const client = new WorldClient({ platform: change(server.platform) });
  const states: string[] = [];
  client.on('status', (state) => states.push(state.kind));
  const joined = client.join({ serverUrl: 'http://place/', traits: { name: 'Ada' } });
  // Whoever expects a failure awaits it; nobody else should be bothered by it.
  joined.catch(() => undefined);
  return { server, client, states, joined };
}

async function connect(server: FakeServer, sessionId = 7, token = 'token-1', resumed = false): Promise<void> {
  await settle();
  server.socket.open();
  server.socket.welcome(sessionId, token, resumed);
  server.socket.offer(1);
  await settle();
  server.peer.connect();
  await settle();
}

function pose(x: number): Uint8Array {
  return packPose({ position: { x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
}

describe('WorldClient', () => {
  it('joins: Hello, Welcome, Offer, an Answer that asks for stereo', async () => {
    const { server, client, joined, states } = setUp();
    await connect(server);
    await joined;
    expect(client.sessionId).toBe(7);
    expect(client.gatewayId).toBe('gateway-1');
    expect(states).toEqual(['connecting', 'connected']);
    const [hello, answer] = server.socket.sent;
    expect(hello.hello?.traits?.name).toBe('Ada');
    expect(hello.hello?.pose).toHaveLength(16);
    expect(answer.answer?.generation).toBe(1);
    expect(answer.answer?.sdp).toContain('stereo=1');
    expect(server.peer.transceivers[1].direction).toBe('sendonly');
  });

  it('tries the next gateway when the first one does not let it in', async () => {
    const { server, joined } = setUp();
    await settle();
    server.socket.open();
    server.socket.signal({ refused: { code: 'gateway-full', text: 'The gateway is full.', retryAfterMs: 5_000 } });
    await settle();
    expect(server.socket.url).toBe('ws://two/signal');
    await connect(server);
    await joined;
  });

  it('fails at once with the sentence of the server when trying again is useless', async () => {
    const { server, joined, client } = setUp();
    await settle();
    server.socket.open();
    server.socket.signal({ refused: { code: 'world-unknown', text: 'There is no such world.', retryAfterMs: 0 } });
    await expect(joined).rejects.toMatchObject({ code: 'world-unknown', message: 'There is no such world.' });
    expect(client.state).toBe('closed');
    expect(server.sockets).toHaveLength(1);
  });

  it('says that the server cannot be reached after trying for 20 s', async () => {
    const { server, joined } = setUp();
    server.joinAnswer = undefined;
    await server.clock.advanceAsync(21_000);
    await expect(joined).rejects.toMatchObject({ code: 'join-unreachable', retryable: true });
    expect(server.joinCount).toBeGreaterThan(5);
  });

  it('tries the next gateway when the browser refuses the URL of the first, and leaves no timer behind', async () => {
    const { server, joined } = setUp((platform) => ({
      ...platform,
      openSocket: (url, protocol) => {
        if (url === 'ws://one/signal') throw new DOMException('An https page may not.', 'SecurityError');
        return platform.openSocket(url, protocol);
      },
    }));
    await connect(server);
    await joined;
    expect(server.socket.url).toBe('ws://two/signal');
    // What the refused one had left behind would fail now.
    await server.clock.advanceAsync(5_000);
  });

  it('fails with a reason when the browser makes no PeerConnection', async () => {
    const { server, client, joined } = setUp((platform) => ({
      ...platform,
      createPeerConnection: () => {
        throw new DOMException('Too many.', 'UnknownError');
      },
    }));
    await settle();
    server.socket.open();
    server.socket.welcome(7, 'token-1');
    server.socket.offer(1);
    await settle();
    expect(client.status).toMatchObject({ kind: 'connecting' });
    expect(server.socket.url).toBe('ws://two/signal');
    client.leave();
    await expect(joined).rejects.toMatchObject({ code: 'left-world' });
  });

  it('comes back as the same session with the newest token when its gateway dies', async () => {
    const { server, client, joined, states } = setUp();
    await connect(server);
    await joined;
    server.socket.signal({ tokenRenewed: { resumeToken: 'token-2' } });
    server.socket.break();
    await connect(server, 7, 'token-3', true);
    expect(server.sockets).toHaveLength(2);
    expect(server.socket.sent[0].hello?.resumeToken).toBe('token-2');
    expect(client.sessionId).toBe(7);
    expect(states).toEqual(['connecting', 'connected', 'reconnecting', 'connected']);
  });

  it('keeps what it knows of the world, and its unanswered edits, when its gateway dies', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    const id = new Uint8Array(16).fill(1);
    server.peer.tell({ entityNews: { states: [{ id, type: 'Box', revision: 1 }], isEverything: true, sequence: 41 } });
    expect(client.entities.size).toBe(1);
    const [entity] = client.entities;
    const asked = client.entities.change(entity.id, { name: 'lamp' });
    const said = client.say('Hello.');
    const [edit, post] = server.peer.reliableSent.slice(-2);
    // One row of numbers for everybody who asks.
    expect(post.post?.request).not.toBe(edit.editEntities?.request);
    server.socket.break();
    await connect(server, 7, 'token-2', true);
    const again = server.peer.reliableSent;
    expect(again.find(({ setInterest }) => setInterest)?.setInterest).toMatchObject({ knownSequence: 41 });
    expect(again.find(({ editEntities }) => editEntities)).toEqual(edit);
    server.peer.tell({
      requestFailed: { request: edit.editEntities?.request, code: 'entity-locked', text: 'Locked.' },
    });
    server.peer.tell({ posted: { request: post.post?.request, sequence: 3 } });
    await expect(asked).rejects.toMatchObject({ code: 'entity-locked', message: 'Locked.' });
    await expect(said).resolves.toBe(3);
    server.peer.say({ entityMotions: { motions: [{ id, atMs: Date.now(), x: 1, rotationW: 1 }] } });
    client.leave();
    expect(client.entities.size).toBe(0);
  });

  it('says its wishes about what it hears again at every gateway, and learns whether there is a megaphone', async () => {
    const { server, client, joined } = setUp();
    client.hearing.ignore(5, true);
    await connect(server);
    await joined;
    expect(client.hearing.isMegaphoneAllowed).toBe(false);
    const wishesSent = () =>
      server.peer.reliableSent.flatMap(({ setHearing }) => (setHearing ? [setHearing.wishes] : []));
    expect(wishesSent()).toMatchObject([{ ignored: [5] }]);
    const failed: string[] = [];
    client.hearing.on('failed', ({ code }) => failed.push(code));
    server.peer.tell({ requestFailed: { request: 0, code: 'hearing-too-many', text: 'Full.' } });
    expect(failed).toEqual(['hearing-too-many']);
    server.socket.break();
    await settle();
    server.socket.open();
    server.socket.welcome(7, 'token-2', true, true);
    server.socket.offer(1);
    await settle();
    server.peer.connect();
    await settle();
    expect(wishesSent()).toMatchObject([{ ignored: [5] }]);
    expect(client.hearing.isMegaphoneAllowed).toBe(true);
    client.hearing.setMegaphone(true);
    await server.clock.advanceAsync(300);
    expect(wishesSent().at(-1)).toMatchObject({ ignored: [5], megaphone: true });
  });

  it('slows down when every connection breaks as soon as it is made', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    const stays: number[] = [];
    for (let stay = 0; stay < 6; stay++) {
      const brokenAtMs = server.clock.nowMs();
      const count = server.sockets.length;
      server.socket.break();
      while (server.sockets.length === count) await server.clock.advanceAsync(10);
      stays.push(server.clock.nowMs() - brokenAtMs);
      await connect(server, 7, 'token-2', true);
    }
    expect(stays[0]).toBeLessThanOrEqual(10);
    expect(stays[2]).toBeGreaterThan(stays[1]);
    expect(stays[5]).toBeGreaterThan(200);
    // A connection that held makes good for it.
    for (let second = 0; second < 11; second++) {
      await server.clock.advanceAsync(1_000);
      server.peer.say({ pong: { token: 0 } });
    }
    const count = server.sockets.length;
    server.socket.break();
    await settle();
    expect(server.sockets).toHaveLength(count + 1);
    client.leave();
  });

  it('comes back without the domain-server, to a gateway that it knows', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    server.joinAnswer = undefined;
    server.socket.break();
    await connect(server, 7, 'token-2', true);
    expect(client.state).toBe('connected');
  });

  it('starts a new session when the server no longer accepts the token', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    server.socket.break();
    await settle();
    server.socket.open();
    server.socket.signal({ refused: { code: 'resume-token-invalid', text: 'No.', retryAfterMs: 0 } });
    await settle();
    expect(server.socket.sent[0]?.hello).toBeUndefined();
    await connect(server, 9, 'token-9');
    expect(server.socket.sent[0].hello?.resumeToken).toBe('');
    expect(client.sessionId).toBe(9);
  });

  it('builds the new link before it closes the old one when the gateway offers anew', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    const [old] = server.peers;
    server.socket.offer(2);
    await settle();
    expect(server.peers).toHaveLength(2);
    expect(old.isClosed).toBe(false);
    server.peer.connect();
    expect(old.isClosed).toBe(true);
    expect(client.state).toBe('connected');
    expect(server.socket.sent.at(-1)?.answer?.generation).toBe(2);
  });

  it('is heard when the microphone starts at any moment of joining', async () => {
    for (const turns of [0, 1, 2, 3, 5, 8, 40]) {
      const server = new FakeServer();
      const track = Object.assign(new EventTarget(), { clone: () => track, stop: () => undefined, enabled: true });
      const mediaDevices = { getUserMedia: async () => ({ getAudioTracks: () => [track] }) };
      const client = new WorldClient({ platform: { ...server.platform, mediaDevices: mediaDevices as never } });
      client.join({ serverUrl: 'http://place/' }).catch(() => undefined);
      await settle();
      server.socket.open();
      server.socket.welcome(7, 'token-1');
      server.socket.offer(1);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await client.microphone.start();
      await settle();
      expect(server.peer.sentTrack).toBe(track);
    }
  });

  it('asks for a new offer when media fails, and leaves the gateway when none comes', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    const [socket] = server.sockets;
    server.peer.fail();
    expect(socket.sent.at(-1)?.mediaFailed?.generation).toBe(1);
    expect(client.state).toBe('reconnecting');
    await server.clock.advanceAsync(2_100);
    expect(socket.closeCode).toBe(1_000);
    expect(server.sockets).toHaveLength(2);
  });

  it('notices a gateway that has fallen silent', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    for (let second = 0; second < 10; second++) {
      await server.clock.advanceAsync(1_000);
      server.peer.say({ pong: { token: 0 } });
    }
    expect(client.state).toBe('connected');
    await server.clock.advanceAsync(3_600);
    expect(client.state).toBe('reconnecting');
  });

  it('shows avatars that it was told about, moves them, and lets them go', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    server.peer.tell({ avatarNews: { traits: [{ sessionId: 5, version: 1, traits: { name: 'Bob' } }] } });
    server.peer.say({ avatarUpdates: { updates: [{ sessionId: 5, sequence: 65_535, pose: pose(1) }] } });
    server.peer.say({ avatarUpdates: { updates: [{ sessionId: 5, sequence: 1, pose: pose(3) }] } });
    server.peer.say({ avatarUpdates: { updates: [{ sessionId: 5, sequence: 0, pose: pose(2) }] } });
    server.peer.say({
      avatarUpdates: { updates: [{ sessionId: 5, sequence: 2, pose: new Uint8Array(16).fill(255) }] },
    });
    server.peer.say({ avatarUpdates: { updates: [{ sessionId: 5, sequence: 1, pose: pose(3), loudness: 110 }] } });
    const bob = client.avatars.get(5);
    expect(bob?.name).toBe('Bob');
    expect(bob?.received?.pose.position.x).toBe(3);
    expect(bob?.isSpeaking(client.nowMs())).toBe(true);
    server.peer.tell({ avatarNews: { left: [5] } });
    expect(client.avatars.size).toBe(0);
  });

  it('tells the new name when it changes between Hello and the first link', async () => {
    const { server, client, joined } = setUp();
    await settle();
    server.socket.open();
    server.socket.welcome(7, 'token-1');
    client.localAvatar.setTraits({ name: 'Ada Lovelace' });
    server.socket.offer(1);
    await settle();
    server.peer.connect();
    await joined;
    expect(server.socket.sent[0].hello?.traits?.name).toBe('Ada');
    const names = server.peer.reliableSent.flatMap(({ setTraits }) => setTraits?.traits?.name ?? []);
    expect(names).toEqual(['Ada Lovelace']);
  });

  it('forgets, after a reconnect, whoever has gone meanwhile', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    const traits = [5, 6].map((sessionId) => ({ sessionId, version: 1, traits: { name: `N${sessionId}` } }));
    server.peer.tell({ avatarNews: { traits } });
    const left: number[] = [];
    client.avatars.on('left', ({ sessionId }) => left.push(sessionId));
    server.socket.break();
    await connect(server, 7, 'token-2', true);
    server.peer.tell({ avatarNews: { traits: [], isComplete: true, present: [6] } });
    expect([...client.avatars].map(({ sessionId }) => sessionId)).toEqual([6]);
    expect(left).toEqual([5]);
  });

  it('repeats an unanswered post after a resume with the same number', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    const said = client.say('hello');
    const first = server.peer.reliableSent.find((message) => message.post);
    server.socket.break();
    await connect(server, 7, 'token-2', true);
    const again = server.peer.reliableSent.find((message) => message.post);
    expect(again?.post).toEqual(first?.post);
    server.peer.tell({ posted: { request: again?.post?.request, sequence: 12 } });
    await expect(said).resolves.toBe(12);
  });

  it('does not repeat a post in a new session, where it could be said twice', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    const said = client.say('hello');
    said.catch(() => undefined);
    server.socket.break();
    await connect(server, 8, 'token-2', false);
    expect(server.peer.reliableSent.some((message) => message.post)).toBe(false);
    await expect(said).rejects.toMatchObject({ code: 'request-interrupted' });
  });

  it('says Bye when it leaves, also while it is still joining', async () => {
    const { server, client, joined } = setUp();
    await settle();
    server.socket.open();
    client.leave();
    await expect(joined).rejects.toMatchObject({ code: 'left-world' });
    expect(server.socket.sent.at(-1)?.bye).toBeTruthy();
    expect(client.status).toEqual({ kind: 'closed', error: undefined });
  });

  it('survives bytes that are no message and counts them', async () => {
    const { server, client, joined } = setUp();
    await connect(server);
    await joined;
    server.peer.realtime.dispatchEvent(new MessageEvent('message', { data: new Uint8Array([255, 255, 1]).buffer }));
    server.socket.dispatchEvent(new MessageEvent('message', { data: 'text' }));
    expect((await client.stats()).malformedCount).toBe(2);
    expect(client.state).toBe('connected');
  });
});
