import { describe, expect, it } from '@jest/globals';
import { MemoryBroker, MemoryBus } from '@app/broker';
import { SystemClock } from '@app/clock';
import { addWorldSettings, readWorldSettings, withoutSecrets } from './world-settings.js';

describe('settings of a world', () => {
  it('are kept with it, and added to', async () => {
    const broker = new MemoryBroker(new MemoryBus({ clock: new SystemClock() }));
    expect(await readWorldSettings(broker, 'plaza')).toEqual({});
    await addWorldSettings(broker, 'plaza', { a: 1, b: { c: [true] } });
    await addWorldSettings(broker, 'plaza', { a: 2 });
    expect(await readWorldSettings(broker, 'plaza')).toEqual({ a: 2, b: { c: [true] } });
    expect(await readWorldSettings(broker, 'main')).toEqual({});
    const tooMuch = addWorldSettings(broker, 'plaza', { text: 'x'.repeat(300_000) });
    await expect(tooMuch).rejects.toMatchObject({ code: 'world-settings-too-large' });
  });

  it('leave the domain without secrets', () => {
    expect(withoutSecrets({ 'http.password': 'x', apiKey: 'y', 'mail.TOKENS': 'z', 'vicinity.keyboard': 1 })).toEqual({
      'vicinity.keyboard': 1,
    });
  });
});
