import { describe, expect, it } from '@jest/globals';
import { checkStream, republisher } from './storage-names.js';

describe('republisher', () => {
  it('carries what varies over, in order', () => {
    const to = republisher({ from: 'vw.*.message.log.*', to: 'vw.*.message.out.*' });
    expect(to('vw.main.message.log.d29ybGQ')).toBe('vw.main.message.out.d29ybGQ');
    expect(to('vw.main.message.data.d29ybGQ')).toBeUndefined();
    expect(to('vw.main.message.log')).toBeUndefined();
  });
});

describe('checkStream', () => {
  const stream = { name: 'VW_MESSAGES', subjects: ['vw.*.message.log.*'] };

  it('takes a rule with the same number of varying tokens only', () => {
    expect(() => checkStream({ ...stream, republish: { from: 'a.*.*', to: 'b.*.c.*' } })).not.toThrow();
    for (const republish of [
      { from: 'a.*', to: 'b' },
      { from: 'a', to: 'b.*' },
      { from: 'a.>', to: 'b.>' },
      { from: 'a b', to: 'c' },
    ]) {
      expect(() => checkStream({ ...stream, republish })).toThrow(
        expect.objectContaining({ code: 'broker-invalid-subject' }),
      );
    }
  });
});
