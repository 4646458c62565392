import { describe, expect, it } from '@jest/globals';
import { findAudioMids, listMids, preferStereo } from './sdp.js';

const answer = [
  'v=0',
  'o=- 4 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1 2',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:0',
  'a=recvonly',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:1',
  'a=sendonly',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'a=mid:2',
  '',
].join('\r\n');

describe('preferStereo', () => {
  it('asks for stereo on the mix and leaves every other line as it is', () => {
    const lines = preferStereo(answer, '0').split('\r\n');
    const before = answer.split('\r\n');
    expect(lines).toHaveLength(before.length);
    const changed = lines.flatMap((line, index) => (line === before[index] ? [] : [index]));
    expect(changed).toEqual([9]);
    expect(lines[9].split(' ')[1].split(';')).toEqual(
      expect.arrayContaining(['minptime=10', 'useinbandfec=1', 'stereo=1']),
    );
  });

  it('adds the line when the browser wrote none', () => {
    const bare = answer.replace('a=fmtp:111 minptime=10;useinbandfec=1\r\n', '');
    expect(preferStereo(bare, '0')).toContain('a=rtpmap:111 opus/48000/2\r\na=fmtp:111 stereo=1');
    expect(preferStereo(bare, '0').match(/stereo=1/g)).toHaveLength(2 - 1);
  });

  it('overrides a stereo=0 and is harmless when applied twice', () => {
    const once = preferStereo(answer.replace('useinbandfec=1', 'useinbandfec=1;stereo=0'), '0');
    expect(once).not.toContain('stereo=0;');
    expect(preferStereo(once, '0')).toBe(once);
  });

  it('changes nothing when there is no such mid', () => {
    expect(preferStereo(answer, '7')).toBe(answer);
    expect(preferStereo('', '0')).toBe('');
  });
});

describe('findAudioMids', () => {
  it('tells the mix from the microphone by their directions', () => {
    const offer = answer
      .replace('a=recvonly', 'a=SEND')
      .replace('a=sendonly', 'a=recvonly')
      .replace('a=SEND', 'a=sendonly');
    expect(findAudioMids(offer)).toEqual({ mix: '0', microphone: '1' });
  });

  it('finds nothing in nonsense', () => {
    expect(findAudioMids('hello')).toEqual({ mix: undefined, microphone: undefined });
  });

  it('lists mids by kind', () => {
    expect(listMids(answer, 'audio')).toEqual(['0', '1']);
    expect(listMids(answer, 'application')).toEqual(['2']);
  });
});
