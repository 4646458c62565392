import { describe, expect, it } from '@jest/globals';
import { vicinity } from '@app/wire';
import { DETAIL_UPDATES_BYTES_MAX, SERVER_REALTIME_BYTES_MAX } from '@app/world';
import { Downlink } from './downlink.js';

const { AvatarDownlink } = vicinity.v1;
const MIXER = 'avatar-mixer-a';

/** Lengths of the updates that reach a session, of those that a mixer has for it. */
function passed(wantsDetail: boolean, lengths: readonly number[]): { lengths: number[]; drops: string[] } {
  const got: number[] = [];
  const drops: string[] = [];
  const session = {
    audioMixer: undefined,
    avatarMixer: MIXER,
    sound: 'opus-20' as const,
    wantsDetail,
    passMix: () => undefined,
    passRealtime: ({ length }: Uint8Array) => void got.push(length),
    passReliable: () => undefined,
  };
  const payloads = lengths.map((length) => ({ sessionId: 1, realtime: new Uint8Array(length) }));
  const downlink = new Downlink(
    () => session,
    (reason) => drops.push(reason),
  );
  downlink.handleAvatar(AvatarDownlink.create({ mixerId: MIXER, payloads }));
  return { lengths: got, drops };
}

describe('Downlink, updates of avatars', () => {
  it('passes what fits into a datagram', () => {
    const lengths = [SERVER_REALTIME_BYTES_MAX, SERVER_REALTIME_BYTES_MAX + 1];
    expect(passed(false, lengths)).toEqual({ lengths: [SERVER_REALTIME_BYTES_MAX], drops: ['updates-too-large'] });
  });

  it('passes more to those who make packets of their own of it', () => {
    const lengths = [DETAIL_UPDATES_BYTES_MAX, DETAIL_UPDATES_BYTES_MAX + 1];
    expect(passed(true, lengths)).toEqual({ lengths: [DETAIL_UPDATES_BYTES_MAX], drops: ['updates-too-large'] });
  });
});
