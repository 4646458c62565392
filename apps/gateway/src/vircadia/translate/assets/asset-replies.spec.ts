import { SimClock } from '@app/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AssetReplies } from './asset-replies.js';

const PIECE = 1_000;

describe('large replies', () => {
  let clock: SimClock;
  let pending: number;
  let budget: number;
  let sent: { outlet: number; bytes: number; isLast: boolean }[];
  let ended: string[];
  let isBroken: boolean;
  let replies: AssetReplies;

  beforeEach(() => {
    clock = new SimClock();
    [pending, budget, sent, ended, isBroken] = [0, Infinity, [], [], false];
    let outlets = 0;
    const port = {
      get pendingCount() {
        return pending;
      },
      openMessage: () => {
        const outlet = ++outlets;
        const send = (piece: Uint8Array, isLast: boolean): boolean => {
          if (isBroken) return false;
          pending++;
          sent.push({ outlet, bytes: piece.length, isLast });
          return true;
        };
        return { pieceBytes: PIECE, send };
      },
    };
    const desk = {
      takeBytes: (bytes: number) => {
        if (bytes > budget) return false;
        budget -= bytes;
        return true;
      },
    };
    replies = new AssetReplies(port as never, desk);
  });

  async function* source(name: string, chunks: number, bytes: number, fails = false): AsyncGenerator<Uint8Array> {
    try {
      for (let count = 0; count < chunks; count++) yield new Uint8Array(bytes);
      if (fails) throw new Error('The file is cut off.');
    } finally {
      ended.push(name);
    }
  }
  const pass = async (turns: number): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) {
      await clock.advanceAsync(10);
      replies.tick(clock.nowMs());
      pending = 0;
    }
  };
  const bytesOf = (outlet: number): number =>
    sent.filter((one) => one.outlet === outlet).reduce((sum, { bytes }) => sum + bytes, 0);

  it('go out in turn, each whole, and never more than the client takes', async () => {
    const done = [
      replies.send('AssetGetReply', source('a', 50, 700)),
      replies.send('AssetGetReply', source('b', 3, 5_001)),
    ];
    await clock.advanceAsync(10);
    replies.tick(clock.nowMs());
    expect(sent.slice(0, 4).map(({ outlet }) => outlet)).toEqual([1, 2, 1, 2]);
    expect(sent.length).toBeLessThanOrEqual(64);
    pending = 0;
    await pass(10);
    await Promise.all(done);
    expect([bytesOf(1), bytesOf(2)]).toEqual([35_000, 15_003]);
    for (const outlet of [1, 2]) {
      const own = sent.filter((one) => one.outlet === outlet);
      expect(own.map(({ isLast }) => isLast).indexOf(true)).toBe(own.length - 1);
      expect(own.slice(0, -1).every(({ bytes }) => bytes === PIECE)).toBe(true);
    }
  });

  it('read ahead no more than a little while the client takes nothing', async () => {
    let read = 0;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 16_384;
        yield new Uint8Array(16_384);
      }
    };
    void replies.send('AssetGetReply', endless());
    pending = 64;
    for (let turn = 0; turn < 20; turn++) {
      await clock.advanceAsync(10);
      replies.tick(clock.nowMs());
    }
    expect([sent.length, read]).toEqual([0, 65_536]);
  });

  it('wait for the gateway’s budget, too', async () => {
    budget = 10 * PIECE;
    void replies.send('AssetGetReply', source('a', 100, PIECE));
    await pass(10);
    expect(sent).toHaveLength(10);
    budget = Infinity;
    await pass(10);
    expect(bytesOf(1)).toBe(100 * PIECE);
  });

  it.each([
    ['their source fails', () => undefined, true],
    ['the client begins anew', () => replies.clear(), false],
    ['the link takes no more', () => void (isBroken = true), false],
  ])('end when %s, and give up what they read from', async (_name, breakOff, fails) => {
    let isDone = false;
    void replies.send('AssetGetReply', source('a', fails ? 3 : 1_000, PIECE, fails)).then(() => (isDone = true));
    await clock.advanceAsync(10);
    breakOff();
    await pass(5);
    expect([isDone, ended]).toEqual([true, ['a']]);
  });
});
