import { describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { Progress, progressText } from './progress-bar.js';

const record = (isTTY: boolean) => {
  const written: string[] = [];
  const clock = new SimClock();
  return { written, clock, progress: new Progress({ isTTY, write: (text) => written.push(text) }, clock) };
};

describe('progress', () => {
  it('is a bar on a terminal, drawn ten times a second, and taken away at the end', () => {
    const { written, clock, progress } = record(true);
    for (let done = 0; done <= 10; done++) {
      progress.show('Sending edits', done, 10);
      clock.advance(50);
    }
    progress.clear();
    progress.clear();
    expect(written).toHaveLength(7);
    expect(written[0]).toContain('[....');
    expect(written.at(-2)).toContain('100 %  10 of 10');
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('is a plain line now and then elsewhere, and nothing about what is done soon', () => {
    const { written, clock, progress } = record(false);
    progress.show('Sending edits', 1, 10);
    clock.advance(5_000);
    progress.show('Sending edits', 5, 10);
    progress.show('Sending edits', 6, 10);
    progress.clear();
    expect(written).toEqual(['Sending edits  50 %  5 of 10\n']);
  });

  it('is complete when there is nothing to do', () => {
    expect(progressText('x', 0, 0, false)).toBe('x  100 %  0 of 0');
    expect(progressText('x', 1, 2, true)).toContain(`[${'#'.repeat(15)}${'.'.repeat(15)}]`);
  });
});
