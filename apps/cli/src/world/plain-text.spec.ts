import { describe, expect, it } from '@jest/globals';
import { bytesText, countText, forRealText, listText, planText, timeText } from './plain-text.js';

describe('plain text', () => {
  it('tells sizes, counts and times', () => {
    expect([0, 1_023, 1_024, 1_572_864, 1_125_899_906_842_624].map(bytesText)).toEqual([
      '0 B',
      '1023 B',
      '1.0 KiB',
      '1.5 MiB',
      '1024.0 TiB',
    ]);
    expect([countText(1, 'entity', 'entities'), countText(0, 'entity', 'entities')]).toEqual([
      '1 entity',
      '0 entities',
    ]);
    expect([timeText(0), timeText(1_000)]).toEqual(['never', '1970-01-01T00:00:01.000Z']);
  });

  it('says a command so that a shell takes it as it is meant', () => {
    expect(forRealText(['undo', 'plaza', '--author', "Ada's; rm *", '--from=2026-11-21T14:30:05.123Z'])).toBe(
      `To do exactly this:\n  vicinity world undo plaza --author 'Ada'\\''s; rm *' --from=2026-11-21T14:30:05.123Z`,
    );
  });

  it('sums up a plan', () => {
    expect(planText([])).toBe('Nothing is to be changed.');
    const text = planText([
      { type: 'Box', added: 1, changed: 2, erased: 3 },
      { type: 'Text', added: 10, changed: 0, erased: 0 },
    ]);
    expect(text.split('\n').at(-1)).toMatch(/^all +11 +2 +3$/);
  });

  it('cuts long lists, and lets nobody write on the terminal', () => {
    expect(listText(['a', 'b\u001b[2J', 'c'], 2)).toBe('  a\n  b [2J\n  and 1 more');
  });
});
