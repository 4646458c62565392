import { describe, expect, it } from '@jest/globals';
import { readLink } from './link-options.js';

describe('readLink', () => {
  it('goes straight in with a name, at the place and in the direction given', () => {
    const link = readLink('?name=Ada&at=2,0,-5.5&yaw=90&mic=on&voice=raw&world=garden');
    expect(link).toMatchObject({ name: 'Ada', joinsAtOnce: true, microphone: 'on', isVoiceRaw: true, world: 'garden' });
    expect(link.pose?.position).toEqual({ x: 2, y: 0, z: -5.5 });
    expect(link.pose?.orientation.y).toBeCloseTo(Math.SQRT1_2, 9);
  });

  it('shows the entry screen without a name', () => {
    expect(readLink('').joinsAtOnce).toBe(false);
    expect(readLink('?name=%20').joinsAtOnce).toBe(false);
  });

  it('ignores places that make no sense', () => {
    for (const at of ['1,2', '1,2,x', '1,,3', '1e9,0,0', '1,2,3,4', 'Infinity,0,0', 'NaN,0,0']) {
      expect(readLink(`?at=${at}`).pose).toBeUndefined();
    }
    expect(readLink('?at=1,2,3&yaw=north').pose?.orientation).toEqual({ x: 0, y: 0, z: 0, w: 1 });
  });

  it('knows only the values that it documents', () => {
    expect(readLink('?mic=maybe&quality=great')).toMatchObject({ microphone: undefined, quality: undefined });
    expect(readLink('?hud=off&render=off&quality=low')).toMatchObject({
      hasHud: false,
      isDrawing: false,
      quality: 'low',
    });
  });
});
