import { beforeEach, describe, expect, it } from '@jest/globals';
import { INITIAL_SESSION_STATE, type SessionState } from '../session/session-state.js';
import { type ServedSession, Serving } from './serving.js';

const ACTIVE: SessionState = { ...INITIAL_SESSION_STATE, phase: 'active', isMediaUp: true };
const AWAY: SessionState = { ...INITIAL_SESSION_STATE, phase: 'away' };
const SILENCE_MS = { audioMixerSilenceMsMax: 150, avatarMixerSilenceMsMax: 150 };

class Listener implements ServedSession {
  state = ACTIVE;
  audioMixer: string | undefined;
  avatarMixer: string | undefined;
  misses = 0;

  constructor(readonly id: number) {}

  missNews(): void {
    this.misses++;
  }
}

describe('who serves the sessions of a world', () => {
  let told: string[];
  let listeners: Listener[];
  let serving: Serving;

  const members = (audio: readonly string[], avatar: readonly string[]): void => {
    const names: Record<string, readonly string[]> = { 'audio-mixer': audio, 'avatar-mixer': avatar };
    const live = (role: string) => (names[role] ?? []).map((instanceId) => ({ instanceId, epochMs: 1 }));
    serving.setMembers({ live }, 0);
  };

  beforeEach(() => {
    told = [];
    listeners = Array.from({ length: 20 }, (_, i) => new Listener(((i + 1) * 2_654_435_769) >>> 0));
    serving = new Serving(() => listeners, SILENCE_MS, {
      onChanged: () => void told.push('changed'),
      onNewListener: () => void told.push('new listener'),
      onFailover: (kind) => void told.push(`${kind} failover`),
    });
  });

  it('is one mixer of each kind', () => {
    const [one] = listeners;
    members(['a'], ['x']);
    expect(one).toMatchObject({ audioMixer: 'a', avatarMixer: 'x', misses: 0 });
    expect(told).toContain('new listener');
    expect(told).not.toContain('audio failover');
  });

  it('is nobody for those who are away', () => {
    members(['a'], ['x']);
    const [one] = listeners;
    told = [];
    one.state = AWAY;
    serving.update(one, 10);
    expect(one).toMatchObject({ audioMixer: undefined, avatarMixer: undefined, misses: 0 });
    expect(told).toEqual(['changed']);
  });

  it('is not told again when nothing changes', () => {
    members(['a'], ['x']);
    told = [];
    serving.update(listeners[0], 10);
    serving.tick(10, 10);
    expect(told).toEqual([]);
  });

  it('is told of only what it has missed when another avatar mixer goes on', () => {
    members(['a'], ['x']);
    told = [];
    members(['a'], ['y']);
    expect(new Set(listeners.map(({ avatarMixer }) => avatarMixer))).toEqual(new Set(['y']));
    expect(new Set(listeners.map(({ misses }) => misses))).toEqual(new Set([1]));
    expect(new Set(told)).toEqual(new Set(['new listener', 'avatar failover', 'changed']));
    told = [];
    members(['b'], ['y']);
    expect(new Set(listeners.map(({ misses }) => misses))).toEqual(new Set([1]));
    expect(told).toContain('audio failover');
  });
});
