import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PREFERENCES, PreferenceStore, readPreferences } from './preferences.js';

describe('Preferences', () => {
  it('have their defaults when nothing, or nonsense, is stored', () => {
    for (const text of [null, '', '{', 'null', '7', '[]', '{"volume":"loud","name":7,"quality":"superb"}']) {
      expect(readPreferences(text)).toEqual(DEFAULT_PREFERENCES);
    }
  });

  it('are bounded whatever is stored', () => {
    const odd = readPreferences(JSON.stringify({ name: 'x'.repeat(99), colour: -1, volume: 7 }));
    expect(odd.name).toHaveLength(48);
    expect(odd.colour).toBe(0xffffff);
    expect(odd.volume).toBe(1);
  });

  it('are remembered, and survive a browser that stores nothing', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (k: string, v: string) => void kept.set(k, v),
    };
    new PreferenceStore(storage).update({ name: 'Ada' });
    expect(new PreferenceStore(storage).values.name).toBe('Ada');
    const refusing = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('denied');
      },
    };
    const store = new PreferenceStore(refusing);
    store.update({ name: 'Ben' });
    expect(store.values.name).toBe('Ben');
  });
});
