import { describe, expect, it } from '@jest/globals';
import { QUALITY_LEVELS, QualityGovernor } from './quality.js';

function draw(governor: QualityGovernor, frames: number, durationMs: number): void {
  for (let frame = 0; frame < frames; frame++) governor.handleFrame(durationMs);
}

describe('QualityGovernor', () => {
  it('goes down to the humblest level on a machine that cannot keep up', () => {
    const governor = new QualityGovernor();
    draw(governor, 200, 90);
    expect(governor.level).toBe(QUALITY_LEVELS[0]);
  });

  it('takes two steps at once when it is far too slow', () => {
    const governor = new QualityGovernor();
    draw(governor, 4, 200);
    expect(governor.level).toBe(QUALITY_LEVELS[1]);
  });

  it('goes up on a fast machine, after a while', () => {
    const governor = new QualityGovernor();
    draw(governor, 100, 4);
    expect(governor.level).toBe(QUALITY_LEVELS[3]);
    draw(governor, 400, 4);
    expect(governor.level).toBe(QUALITY_LEVELS[4]);
  });

  it('never goes back to a level that was too much', () => {
    const governor = new QualityGovernor();
    draw(governor, 14, 50);
    const { level } = governor;
    draw(governor, 5_000, 4);
    expect(governor.level).toBe(level);
  });

  it('starts humbly where the processor draws', () => {
    expect(new QualityGovernor('auto', true).level).toBe(QUALITY_LEVELS[1]);
    expect(new QualityGovernor('high', true).level).toBe(QUALITY_LEVELS[3]);
  });

  it('is not impressed by a single slow frame', () => {
    const governor = new QualityGovernor();
    for (let round = 0; round < 40; round++) {
      draw(governor, 23, 16);
      draw(governor, 1, 400);
    }
    expect(governor.level).toBe(QUALITY_LEVELS[3]);
  });

  it('stays where it was told to stay', () => {
    const governor = new QualityGovernor('low');
    draw(governor, 1_000, 2);
    expect(governor.level).toBe(QUALITY_LEVELS[0]);
  });
});
