import { encodeMessage, packPose } from '@app/wire';
import { PCM_MIX_BYTES, type SoundFormat } from '@app/world';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { GatewayKit, type SimClient } from '../../test/gateway-kit.js';
import type { ChannelHandlers, ClientChannel } from './client-channel.js';
import type { ClientLink } from './client-link.js';

/** The channel of a client that speaks another protocol than ours. */
class OtherChannel implements ClientChannel {
  readonly isUp = true;
  readonly wantsDetail = false;
  readonly reliableWaitingBytes = 0;
  sound: SoundFormat = 'pcm24-10';
  readonly mixes: { bytes: number; frames: number }[] = [];

  constructor(readonly handlers: ChannelHandlers) {}

  start(): void {
    this.handlers.onUp();
  }

  sendMix(_mixerId: string, _tick: number, sound: Uint8Array, frames: number): boolean {
    return this.mixes.push({ bytes: sound.length, frames }) > 0;
  }

  handleNegotiation = (): Promise<void> => Promise.resolve();
  sendReliable = (): boolean => true;
  sendRealtime = (): boolean => true;
  refreshReliable = (): void => undefined;
  close = (): void => undefined;
}

const poseAt = (x: number): Uint8Array =>
  packPose({ position: { x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
const NO_BYTES = new Uint8Array(0);

let kit: GatewayKit;
let client: SimClient;
let channel: OtherChannel;

beforeEach(async () => {
  kit = new GatewayKit();
  client = kit.client();
  const link: ClientLink = client;
  link.openChannel = (handlers) => (channel = new OtherChannel(handlers));
  await kit.addAudioMixer('audio-mixer-a');
  client.hello();
  await kit.clock.advanceAsync(1_200);
  kit.audioUps.length = 0;
});

const packets = () => kit.audioUps.flatMap((message) => message.packets);

describe('The sound of a session', () => {
  it('is what its channel takes, and its mixers are told at once when that changes', async () => {
    expect(kit.entryOf(client.sessionId)).toMatchObject({ sound: 2, audioMixer: 1 });
    channel.sound = 'opus-10';
    channel.handlers.onSoundChanged();
    await kit.clock.advanceAsync(40);
    expect(kit.entryOf(client.sessionId)?.sound).toBe(1);
  });

  it('comes down in that format alone, and of the right size', async () => {
    const { sessionId } = client;
    // The kit's mixer makes Opus.
    expect(channel.mixes).toEqual([]);
    const down = (pcm: Uint8Array, tick: number): void =>
      kit.publish('audioDown', kit.gatewayId, 'AudioDownlink', {
        mixerId: 'audio-mixer-a',
        tick,
        packets: [{ sessionId, pcm }],
      });
    down(new Uint8Array(PCM_MIX_BYTES), 1_000);
    down(new Uint8Array(PCM_MIX_BYTES - 2), 1_001);
    await kit.clock.advanceAsync(1);
    expect(channel.mixes).toEqual([{ bytes: PCM_MIX_BYTES, frames: 960 }]);
    channel.sound = 'opus-10';
    down(new Uint8Array(PCM_MIX_BYTES), 1_002);
    await kit.clock.advanceAsync(100);
    expect(channel.mixes.filter(({ bytes }) => bytes === PCM_MIX_BYTES)).toHaveLength(1);
    expect(channel.mixes.filter(({ bytes }) => bytes === 3).length).toBeGreaterThan(3);
  });

  it('goes up as samples of the right size, whose bytes are only lent', async () => {
    const pcm = new Uint8Array(480).fill(7);
    const voice = { timestamp: 0, audioLevel: 20, opus: NO_BYTES };
    channel.handlers.onVoice({ ...voice, sequence: 1, pcm });
    channel.handlers.onVoice({ ...voice, sequence: 2, pcm: new Uint8Array(479) });
    channel.handlers.onVoice({ ...voice, sequence: 3, pcm: new Uint8Array(960) });
    pcm.fill(0);
    await kit.clock.advanceAsync(120);
    expect(packets().map(({ sequence, pcm: bytes }) => [sequence, bytes?.length, bytes?.[0]])).toEqual([
      [1, 480, 7],
      [3, 960, 0],
    ]);
    expect(
      Math.max(...kit.avatarUps.flatMap(({ poses }) => poses.map(({ loudness = 0 }) => loudness ?? 0))),
    ).toBeGreaterThan(80);
  });

  it('is limited, and other sounds apart from the voice', async () => {
    const voice = { timestamp: 0, audioLevel: 20, opus: NO_BYTES, pcm: new Uint8Array(480) };
    const injector = { id: 1, pose: poseAt(1), gain: 1, isLoopback: false };
    for (let sequence = 0; sequence < 400; sequence++) {
      channel.handlers.onVoice({ ...voice, sequence });
      channel.handlers.onVoice({ ...voice, sequence, injector });
    }
    await kit.clock.advanceAsync(20);
    const voices = packets().filter((packet) => packet.injector === 0);
    expect(voices.length).toBe(220);
    expect(packets().length - voices.length).toBe(400);
  });

  it('may be at places, which have to be some', async () => {
    const voice = { sequence: 1, timestamp: 0, audioLevel: 20, opus: NO_BYTES, pcm: new Uint8Array(480) };
    const injector = { id: 8, pose: poseAt(3), gain: 0.5, isLoopback: true };
    client.signals.length = 0;
    channel.handlers.onReliable(encodeMessage('ClientReliable', { setAudio: { muted: true } }));
    channel.handlers.onVoice({ ...voice, injector });
    channel.handlers.onVoice({ ...voice, injector: { ...injector, id: 9 } });
    channel.handlers.onVoice({ ...voice, injector: { ...injector, gain: NaN } });
    channel.handlers.onVoice({ ...voice, injector: { ...injector, pose: poseAt(3).fill(0xff) } });
    channel.handlers.onVoice({ ...voice, injector: { ...injector, pose: poseAt(3).subarray(1) } });
    channel.handlers.onVoice(voice);
    await kit.clock.advanceAsync(20);
    // Who is muted may play other sounds.
    expect(packets()).toMatchObject([{ injector: 8, gain: 0.5, loopback: true, pose: poseAt(3) }]);
  });
});

describe('The ears of a session', () => {
  const heardAt = () =>
    kit.audioUps.flatMap(({ poses }) => poses).findLast((pose) => pose.sessionId === client.sessionId);

  it('are where its channel says, and not where its avatar is', async () => {
    const pose = poseAt(5);
    channel.handlers.onEars(pose);
    pose.fill(0);
    await kit.clock.advanceAsync(30);
    expect(heardAt()?.pose).toEqual(poseAt(5));
    channel.handlers.onRealtime(encodeMessage('ClientRealtime', { poseUpdate: { sequence: 1, pose: poseAt(9) } }));
    await kit.clock.advanceAsync(1_100);
    expect(heardAt()?.pose).toEqual(poseAt(5));
    expect(kit.avatarUps.at(-1)?.poses[0]?.pose).toEqual(poseAt(9));
    channel.handlers.onEars(new Uint8Array(16).fill(0xff));
    channel.handlers.onEars(new Uint8Array(3));
    await kit.clock.advanceAsync(1_100);
    expect(heardAt()?.pose).toEqual(poseAt(5));
  });

  it('are its avatar’s without that', async () => {
    channel.handlers.onRealtime(encodeMessage('ClientRealtime', { poseUpdate: { sequence: 1, pose: poseAt(9) } }));
    await kit.clock.advanceAsync(30);
    expect(heardAt()?.pose).toEqual(poseAt(9));
  });
});
