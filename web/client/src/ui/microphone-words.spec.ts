import { describe, expect, it } from '@jest/globals';
import { type MicrophoneFacts, microphoneLook, microphoneWords } from './microphone-words.js';

const OPEN: MicrophoneFacts = { state: 'on', isMuted: false, mode: 'open', isSending: true, isConnected: true };

describe('The microphone button', () => {
  it('says that one is heard, and is green, only while there is a server to hear it', () => {
    expect([microphoneWords(OPEN), microphoneLook(OPEN)]).toEqual(['You are heard', 'sending']);
    const alone = { ...OPEN, isConnected: false };
    expect([microphoneWords(alone), microphoneLook(alone)]).toEqual([
      'Nobody hears you until you are connected again',
      'unheard',
    ]);
  });

  it.each([true, false])('says what the person has chosen, connected or not (%s)', (isConnected) => {
    const muted: MicrophoneFacts = { ...OPEN, isMuted: true, isSending: false, isConnected };
    expect([microphoneWords(muted), microphoneLook(muted)]).toEqual(['Muted', 'off']);
    const off: MicrophoneFacts = { ...muted, state: 'off', isMuted: false };
    expect([microphoneWords(off), microphoneLook(off)]).toEqual(['Microphone off', 'off']);
  });

  it('with push-to-talk says which key, until it is held', () => {
    const waiting: MicrophoneFacts = { ...OPEN, mode: 'push-to-talk', isSending: false };
    expect([microphoneWords(waiting), microphoneLook(waiting)]).toEqual(['Hold V to talk', 'ready']);
    expect(microphoneWords({ ...waiting, isSending: true })).toBe('You are heard');
    expect(microphoneWords({ ...waiting, isConnected: false })).toContain('Nobody hears you');
  });
});
