import { beforeAll, describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { settle } from '../test/settle.js';
import type { Uplink } from './media-link.js';
import { Microphone } from './microphone.js';

class FakeTrack extends EventTarget {
  enabled = true;
  isStopped = false;
  contentHint = '';
  constructor(readonly deviceId: string) {
    super();
  }
  getSettings() {
    return { deviceId: this.deviceId };
  }
  clone() {
    return new FakeTrack(this.deviceId);
  }
  stop() {
    this.isStopped = true;
  }
  unplug() {
    this.dispatchEvent(new Event('ended'));
  }
}

/** Devices that obey or refuse as told; DOMException-like errors carry their name. */
class FakeDevices extends EventTarget {
  refusal: string | undefined;
  available = ['desk', 'headset'];
  readonly asked: MediaTrackConstraints[] = [];
  readonly tracks: FakeTrack[] = [];

  async getUserMedia({ audio }: { audio: MediaTrackConstraints }) {
    this.asked.push(audio);
    const wanted = (audio.deviceId as { exact: string } | undefined)?.exact;
    const refusal = this.refusal ?? (wanted && !this.available.includes(wanted) ? 'OverconstrainedError' : undefined);
    if (refusal) throw Object.assign(new Error('refused'), { name: refusal });
    const track = new FakeTrack(wanted ?? this.available[0]);
    this.tracks.push(track);
    return { getAudioTracks: () => [track] };
  }

  async enumerateDevices() {
    return this.available.map((deviceId) => ({ deviceId, kind: 'audioinput' }));
  }
}

function setUp(devices: FakeDevices | undefined = new FakeDevices()) {
  const clock = new SimClock();
  const uplinks: Uplink[] = [];
  const microphone = new Microphone(devices as unknown as MediaDevices, clock, (uplink) => uplinks.push(uplink));
  return { clock, microphone, devices: devices as FakeDevices, uplinks };
}

describe('Microphone', () => {
  beforeAll(() => expect(typeof AudioContext).toBe('undefined'));

  it.each([
    ['NotAllowedError', 'microphone-refused'],
    ['NotFoundError', 'microphone-missing'],
    ['NotReadableError', 'microphone-busy'],
    ['TypeError', 'microphone-failed'],
  ])('says why it did not start: %s becomes %s', async (name, code) => {
    const { microphone, devices, uplinks } = setUp();
    devices.refusal = name;
    await expect(microphone.start()).rejects.toMatchObject({ code });
    expect(microphone.state).toBe('failed');
    expect(microphone.error?.message.length).toBeGreaterThan(10);
    expect(uplinks.at(-1)?.track).toBeNull();
  });

  it('says that the page is insecure where browsers have no devices at all', async () => {
    const microphone = new Microphone(undefined, new SimClock(), () => undefined);
    await expect(microphone.start()).rejects.toMatchObject({ code: 'microphone-insecure-page', retryable: false });
  });

  it('leaves music alone and improves voices', async () => {
    const { microphone, devices, uplinks } = setUp();
    await microphone.start();
    expect(devices.asked[0]).toMatchObject({ echoCancellation: true, noiseSuppression: true, autoGainControl: true });
    await microphone.start({ processing: false });
    expect(devices.asked[1]).toMatchObject({
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    });
    expect(uplinks.at(-1)?.bitrate).toBe(96_000);
    expect(devices.tracks[0].isStopped).toBe(true);
  });

  it('takes another microphone when the chosen one is gone', async () => {
    const { microphone } = setUp();
    await microphone.start({ deviceId: 'bluetooth' });
    expect(microphone.deviceId).toBe('desk');
  });

  it('goes on with the next microphone when one is unplugged, and says so', async () => {
    const { microphone, devices } = setUp();
    const failures: string[] = [];
    microphone.on('failed', ({ code }) => failures.push(code));
    await microphone.start({ deviceId: 'headset' });
    devices.available = ['desk'];
    devices.tracks[0].unplug();
    await settle();
    expect(failures).toEqual(['microphone-unplugged']);
    expect(microphone.deviceId).toBe('desk');
    devices.refusal = 'NotFoundError';
    devices.tracks[1].unplug();
    await settle();
    expect(failures.slice(1)).toEqual(['microphone-unplugged', 'microphone-missing']);
    expect(microphone.state).toBe('failed');
  });

  it('sends nothing while muted', async () => {
    const { microphone, devices } = setUp();
    microphone.setMuted(true);
    await microphone.start();
    expect(devices.tracks[0].enabled).toBe(false);
    microphone.setMuted(false);
    expect(devices.tracks[0].enabled).toBe(true);
  });

  it('sends while the key is held, and a moment longer, because fingers are faster than words', async () => {
    const { microphone, devices, clock } = setUp();
    microphone.setMode('push-to-talk');
    await microphone.start();
    const [track] = devices.tracks;
    expect(track.enabled).toBe(false);
    microphone.setTalking(true);
    expect(track.enabled).toBe(true);
    microphone.setTalking(false);
    clock.advance(100);
    expect(track.enabled).toBe(true);
    clock.advance(200);
    expect(track.enabled).toBe(false);
  });

  it('gives the device back when it is switched off while it starts', async () => {
    const { microphone, devices } = setUp();
    const started = microphone.start();
    microphone.stop();
    await started;
    expect(microphone.state).toBe('off');
    expect(devices.tracks[0].isStopped).toBe(true);
  });

  it('lets go of everything when its client is disposed of', async () => {
    const { microphone, devices } = setUp();
    const told: unknown[] = [];
    microphone.on('devices', () => told.push('devices'));
    await microphone.start();
    devices.dispatchEvent(new Event('devicechange'));
    microphone.dispose();
    devices.dispatchEvent(new Event('devicechange'));
    expect(told).toEqual(['devices']);
    expect(devices.tracks.every(({ isStopped }) => isStopped)).toBe(true);
    expect(microphone.state).toBe('off');
  });
});
