import { describe, expect, it } from '@jest/globals';
import { EntityError } from '@app/entities';
import { BrokerError } from '@app/broker';
import { SeededRandom } from '@app/testing';
import { OpenRetry } from './open-retry.js';

describe('OpenRetry', () => {
  const away = new BrokerError('broker-unavailable', 'Storage is away.');
  const corrupt = new EntityError('snapshot-corrupt', 'It cannot be read.');

  it('asks storage that is away at short intervals, and waits longer and longer for what does not pass', () => {
    const retry = new OpenRetry(new SeededRandom(1));
    for (let i = 0; i < 20; i++) expect(retry.note(away).delayMs).toBe(500);
    const delaysMs = Array.from({ length: 20 }, () => retry.note(corrupt).delayMs);
    for (const [index, delayMs] of delaysMs.entries()) {
      const longestMs = Math.min(30_000, 500 * 2 ** index);
      expect(delayMs).toBeGreaterThanOrEqual(longestMs / 2);
      expect(delayMs).toBeLessThanOrEqual(longestMs);
    }
    expect(new Set(delaysMs).size).toBe(20);
    retry.clear();
    expect(retry.note(corrupt).delayMs).toBeLessThanOrEqual(500);
  });

  it('says once what is wrong, and again when it is something else', () => {
    const retry = new OpenRetry(new SeededRandom(1));
    const news = [away, away, corrupt, corrupt, new TypeError('a'), new TypeError('a'), new TypeError('b'), away];
    expect(news.map((error) => retry.note(error).isNews)).toEqual([true, false, true, false, true, false, true, true]);
  });
});
