import { describe, expect, it } from '@jest/globals';
import { RefusingMailbox } from './mailbox.js';

describe('RefusingMailbox', () => {
  it('gives each lane in order of arrival', () => {
    const mailbox = new RefusingMailbox<number>(10);
    for (const item of [1, 2, 3]) mailbox.push(item);
    mailbox.pushSystem({ type: 'start' });
    mailbox.pushSystem({ type: 'stop' });
    expect([mailbox.takeSystem()?.type, mailbox.takeSystem()?.type, mailbox.takeSystem()]).toEqual([
      'start',
      'stop',
      undefined,
    ]);
    expect([mailbox.take(), mailbox.take(), mailbox.take(), mailbox.take()]).toEqual([1, 2, 3, undefined]);
  });

  it('refuses what is too much, never drops what it has, and always has room for the system', () => {
    const mailbox = new RefusingMailbox<number>(2);
    expect([1, 2, 3].map((item) => mailbox.push(item))).toEqual([true, true, false]);
    mailbox.pushSystem({ type: 'stop' });
    expect(mailbox.count).toBe(2);
    expect([mailbox.take(), mailbox.push(4), mailbox.take(), mailbox.take()]).toEqual([1, true, 2, 4]);
  });
});
