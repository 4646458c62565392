import { beforeEach, describe, expect, it } from '@jest/globals';
import type { VoicePacket } from '@app/media';
import { SimClock } from '@app/testing';
import { encodeMessage, type MessageFields } from '@app/wire';
import { EDIT_LIMITS } from '../rate-limit.js';
import { InputGate } from './input-gate.js';
import { SessionError } from './session.errors.js';

const reliable = (message: MessageFields<'ClientReliable'>): Uint8Array => encodeMessage('ClientReliable', message);
const ping = encodeMessage('ClientRealtime', { ping: { token: 7 } });
const post = (request: number, text: string): Uint8Array => reliable({ post: { request, channel: 'world', text } });
const voice = (...opus: number[]): VoicePacket => {
  return { sequence: 1, timestamp: 1, audioLevel: -1, opus: Uint8Array.from(opus) };
};

describe('the gate through which a client sends', () => {
  let clock: SimClock;
  let told: string[];
  let drops: string[];
  let refusal: Error | undefined;
  let gate: InputGate;

  beforeEach(() => {
    clock = new SimClock();
    told = [];
    drops = [];
    refusal = undefined;
    const metrics = { countIn: () => undefined, countDrop: (reason: string) => void drops.push(reason) };
    gate = new InputGate(clock, metrics, EDIT_LIMITS, {
      onVoice: () => void told.push('voice'),
      onRealtime: ({ kind }) => void told.push(kind),
      onReliable: ({ kind }) => {
        if (refusal) throw refusal;
        told.push(kind);
      },
      onRefused: (request, code) => void told.push(`${request} ${code}`),
      onSignalRefused: (code) => void told.push(`signal ${code}`),
      onFlood: () => void told.push('flood'),
    });
  });

  it('passes on what is right', () => {
    gate.takeReliable(post(1, 'Hello'));
    gate.takeReliable(reliable({ setAudio: { muted: true } }));
    gate.takeRealtime(ping);
    gate.takeVoice(voice(0xf8, 0xff, 0xfe));
    expect(gate.admitSignal()).toBe(true);
    expect(told).toEqual(['post', 'set-audio', 'ping', 'voice']);
    expect(drops).toEqual([]);
  });

  it('tells which request is wrong, and what is rubbish', () => {
    gate.takeReliable(post(4, ''));
    gate.takeReliable(Uint8Array.of(255, 255));
    gate.takeRealtime(Uint8Array.of(255, 255));
    gate.refuseSignal(new SessionError('input-malformed', 'That is no signal.'));
    expect(told).toEqual([
      expect.stringMatching(/^4 /),
      ...Array(2).fill('0 input-malformed'),
      'signal input-malformed',
    ]);
    expect(drops).toHaveLength(4);
  });

  it('tells what those behind it refuse, in the same way', () => {
    refusal = new SessionError('megaphone-not-allowed', 'Nobody may.');
    gate.takeReliable(reliable({ setHearing: { wishes: { megaphone: true } } }));
    expect(told).toEqual(['0 megaphone-not-allowed']);
    expect(drops).toEqual(['megaphone-not-allowed']);
  });

  it('lets errors through that are nobody’s fault but ours', () => {
    refusal = new RangeError('a bug');
    expect(() => gate.takeReliable(post(1, 'Hello'))).toThrow('a bug');
  });

  it('drops voices that are none; padding is no offence', () => {
    const send = (...opus: number[]): void => {
      for (let i = 0; i < 400; i++) {
        gate.takeVoice(voice(...opus));
        clock.advance(10);
      }
    };
    send();
    expect(told).toEqual([]);
    expect(new Set(drops)).toEqual(new Set(['voice-malformed']));
    send(0xff);
    expect(told).toContain('flood');
  });

  it('knows how long a client is silent', () => {
    clock.advance(700);
    expect(gate.silenceMs(clock.nowMs())).toBe(700);
    gate.takeRealtime(ping);
    expect(gate.silenceMs(clock.nowMs())).toBe(0);
    clock.advance(300);
    gate.hear();
    expect(gate.silenceMs(clock.nowMs())).toBe(0);
  });

  it('answers each that is too many, and at last calls it a flood', () => {
    for (let request = 1; request <= 400; request++) gate.takeReliable(post(request, 'Hello'));
    expect(told).toContain('400 rate-limited');
    expect(told.filter((word) => word === 'post')).toHaveLength(20);
    expect(told).toContain('flood');
    expect(told.indexOf('flood')).toBeGreaterThan(300);
  });

  it('says that signals are too many before it counts them', () => {
    for (let i = 0; i < 21; i++) gate.admitSignal();
    expect(told).toEqual(['signal rate-limited']);
    expect(drops).toEqual(['signal-rate']);
  });
});
