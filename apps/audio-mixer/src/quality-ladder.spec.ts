import { describe, expect, it } from '@jest/globals';
import {
  BED_ANGLE_RAD,
  FAR_SIGNALS_LEAST,
  type MixQuality,
  NEAR_SOURCES_LEAST,
  QualityLadder,
} from './quality-ladder.js';

const ladder = new QualityLadder({ complexity: 5, nearSourcesMax: 16 });
const levels = (of: QualityLadder): MixQuality[] => Array.from({ length: of.levelMax + 1 }, (_, level) => of.at(level));

describe('QualityLadder', () => {
  it('begins with what the settings say', () => {
    expect(ladder.at(0)).toEqual({
      complexity: 5,
      nearSourcesMax: 16,
      farSignalsMax: Infinity,
      bedAngleRad: BED_ANGLE_RAD.finest,
    });
  });

  it('ends with four near voices, a few others, a coarse crowd and the cheapest encoders', () => {
    expect(ladder.at(ladder.levelMax)).toEqual({
      complexity: 0,
      nearSourcesMax: NEAR_SOURCES_LEAST,
      farSignalsMax: FAR_SIGNALS_LEAST + 12,
      bedAngleRad: expect.closeTo(BED_ANGLE_RAD.coarsest, 10) as unknown,
    });
  });

  it('has many steps, each of which changes one thing a little', () => {
    expect(ladder.levelMax).toBeGreaterThanOrEqual(24);
    for (let level = 1; level <= ladder.levelMax; level++) {
      const [before, now] = [ladder.at(level - 1), ladder.at(level)];
      expect(before.complexity - now.complexity).toBeLessThanOrEqual(1);
      expect(now.bedAngleRad / before.bedAngleRad).toBeLessThan(1.2);
      if (before.farSignalsMax < Infinity) expect(now.farSignalsMax / before.farSignalsMax).toBeGreaterThan(0.7);
      expect(before.nearSourcesMax - now.nearSourcesMax).toBeLessThanOrEqual(2);
      expect(now).not.toEqual(before);
    }
  });

  it('takes effort first, then the crowd, then distant voices, and near ones last', () => {
    for (const { complexity, bedAngleRad, farSignalsMax, nearSourcesMax } of levels(ladder)) {
      if (bedAngleRad > BED_ANGLE_RAD.finest) expect(complexity).toBeLessThanOrEqual(1);
      if (complexity < 1) expect(bedAngleRad).toBeCloseTo(BED_ANGLE_RAD.coarsest, 10);
      if (farSignalsMax < Infinity) expect(complexity).toBe(0);
      if (nearSourcesMax < 16) expect(farSignalsMax + nearSourcesMax).toBe(16 + FAR_SIGNALS_LEAST);
      expect(nearSourcesMax).toBeGreaterThanOrEqual(NEAR_SOURCES_LEAST);
    }
  });

  it.each([
    { complexity: 0, nearSourcesMax: 16 },
    { complexity: 10, nearSourcesMax: 64 },
    { complexity: 3, nearSourcesMax: 4 },
  ])('never gives more than the settings do, and has no empty step: %p', (full) => {
    const all = levels(new QualityLadder(full));
    all.forEach((level, index) => {
      expect(level.complexity).toBeLessThanOrEqual(full.complexity);
      expect(level.nearSourcesMax).toBeLessThanOrEqual(full.nearSourcesMax);
      if (index > 0) expect(level).not.toEqual(all[index - 1]);
    });
  });
});
