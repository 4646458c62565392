import { describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { pause } from './pause.js';

describe('a pause', () => {
  it('is as long as the clock says', async () => {
    const clock = new SimClock();
    let isOver = false;
    const paused = pause(clock, 250).then(() => (isOver = true));
    await clock.advanceAsync(249);
    expect(isOver).toBe(false);
    await clock.advanceAsync(1);
    expect(isOver).toBe(true);
    await paused;
  });
});
