import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { MEGAPHONES_MAX } from '@app/world';
import { energyOf, peakOf } from '../audio-block.js';
import { addListenerAt, addSourceAt, createEngine, placeSource, seededRandom, writeTone } from './hearing.contract.js';
import { NearestSelection } from './nearest-selection.js';
import { PairLevel } from './pair-level.js';
import type { SceneEngine } from './scene-engine.js';

const LISTENERS = 8;
/** In turn, a quarter of them choose their near sources anew. */
const CHOICES = LISTENERS / 4;

/** People who all sound, on a grid of 2 m, and listeners who stand among the first of them. */
function createCrowd(size = 100) {
  const engine = createEngine({ sourcesMax: 128, listenersMax: LISTENERS, nearSourcesMax: 4 });
  const crowd = Array.from({ length: size }, (_, i) => addSourceAt(engine, 2 * (i % 10), 0, 2 * Math.floor(i / 10)));
  const listeners = Array.from({ length: LISTENERS }, (_, i) => addListenerAt(engine, 2 * i, 0, 0.5));
  for (const source of crowd) engine.setSounding(source, true);
  render(engine, 10);
  return { engine, crowd, listeners };
}

function render(engine: SceneEngine, blocks: number): void {
  for (let block = 0; block < blocks; block++) engine.render();
}

describe('SceneEngine does no more work than a change asks for', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('aims nobody anew as long as nothing happens', () => {
    const { engine } = createCrowd();
    const measure = jest.spyOn(PairLevel.prototype, 'measure');
    render(engine, 8);
    expect(measure).not.toHaveBeenCalled();
  });

  it('aims only one voice anew for a listener who changes its gain, and chooses nobody anew for a distant one', () => {
    const { engine, crowd, listeners } = createCrowd();
    const distant = crowd[99];
    // It is out of all beds from here on.
    for (const listener of listeners) engine.setPairGain(listener, distant, 0.5);
    render(engine, 4);
    const measure = jest.spyOn(PairLevel.prototype, 'measure');
    const choose = jest.spyOn(NearestSelection.prototype, 'begin');
    for (const listener of listeners) engine.setPairGain(listener, distant, 0.25);
    engine.render();
    expect(measure.mock.calls).toEqual(listeners.map(() => [distant]));
    expect(choose).toHaveBeenCalledTimes(CHOICES);
  });

  it('chooses anew at once when somebody near is ignored, or becomes loud enough to be near', () => {
    const { engine, crowd, listeners } = createCrowd();
    const [listener] = listeners;
    const choose = jest.spyOn(NearestSelection.prototype, 'begin');
    engine.setPairGain(listener, crowd[0], 0);
    render(engine, 4);
    engine.setPairGain(listener, crowd[22], 4);
    render(engine, 4);
    // Each is one more than whose turn it was, unless it was that listener's.
    expect(choose.mock.calls.length).toBeGreaterThan(8 * CHOICES);
    expect(choose.mock.calls.length).toBeLessThanOrEqual(8 * CHOICES + 2);
  });

  it('opens no beds for people who teleport about in a crowd', () => {
    const { engine, crowd } = createCrowd();
    const calm = engine.counts.farSignals;
    const random = seededRandom(3);
    const teleporters = crowd.filter((_, index) => index % 25 === 12);
    for (let block = 0; block < 40; block++) {
      for (const source of teleporters) placeSource(engine, source, 20 * random(), 0, 20 * random());
      engine.render();
      // Each is heard by itself, and so is perhaps the other one of its cell.
      expect(engine.counts.farSignals).toBeLessThanOrEqual(calm + 3 * LISTENERS * teleporters.length);
    }
  });

  it('hears people who teleport one by one, and from beds again once they stay', () => {
    const { engine, crowd } = createCrowd();
    const calm = engine.counts.farSignals;
    crowd.slice(90).forEach((source, index) => placeSource(engine, source, 9.2 + 0.05 * index, 0, 30.5));
    engine.render();
    const excited = engine.counts.farSignals;
    expect(excited).toBeGreaterThan(calm);
    render(engine, 15);
    // All ten are in one cell.
    expect(engine.counts.farSignals).toBeLessThan(excited - 5 * LISTENERS);
  });

  it('chooses nobody anew because there are too many megaphones', () => {
    const { engine, crowd } = createCrowd();
    for (const source of crowd.slice(0, MEGAPHONES_MAX + 4)) engine.setSourceReach(source, 'megaphone');
    render(engine, 4);
    const choose = jest.spyOn(NearestSelection.prototype, 'begin');
    const measure = jest.spyOn(PairLevel.prototype, 'measure');
    for (let block = 0; block < 8; block++) {
      crowd.forEach((source, i) => placeSource(engine, source, 2 * (i % 10), 0, 2 * Math.floor(i / 10)));
      engine.render();
    }
    expect(choose).toHaveBeenCalledTimes(8 * CHOICES);
    expect(measure).not.toHaveBeenCalled();
  });
});

describe('SceneEngine, too many megaphones', () => {
  /** One person 60 m away with the last of so many megaphones, who is heard from a stage if it is one too many. */
  function createMegaphones(count: number) {
    const engine = createEngine();
    const listener = addListenerAt(engine, 0, 0, 0, 0);
    const people = Array.from({ length: count }, () => addSourceAt(engine, 60, 0, 0));
    for (const source of people) engine.setSourceReach(source, 'megaphone');
    const last = people[count - 1];
    /** Whether the last one is heard in the middle, and so from a megaphone. */
    const isInTheMiddle = (): boolean => {
      for (let block = 0; block < 4; block++) {
        for (const source of people) if (source !== last) engine.setSounding(source, true);
        writeTone(engine, last, block, 300, 0.1);
        engine.render();
      }
      const mix = engine.mix(listener);
      const [left, right] = [energyOf(mix.subarray(0, 960)), energyOf(mix.subarray(960))];
      return Math.abs(left - right) < 1e-6 * left;
    };
    return { engine, people, isInTheMiddle };
  }

  it('has the last one that there is a megaphone for in the middle of the head', () => {
    expect(createMegaphones(MEGAPHONES_MAX).isInTheMiddle()).toBe(true);
  });

  it('has one too many on a stage until another megaphone is given up, or its holder goes', () => {
    for (const giveUp of [
      (engine: SceneEngine, source: number) => engine.setSourceReach(source, 'local'),
      (engine: SceneEngine, source: number) => engine.removeSource(source),
    ]) {
      const { engine, people, isInTheMiddle } = createMegaphones(MEGAPHONES_MAX + 1);
      expect(isInTheMiddle()).toBe(false);
      giveUp(engine, people.shift() as number);
      expect(isInTheMiddle()).toBe(true);
    }
  });
});

describe('SceneEngine, people who teleport and stay', () => {
  /** Somebody who talks, among others who say nothing, in two groups that are far enough away to be beds. */
  function createTravellerAt30m() {
    const engine = createEngine({ nearSourcesMax: 1 });
    const listener = addListenerAt(engine, 0, 0, 0);
    const silent = [0.5, 30, 30.3, 30.6].map((x) => addSourceAt(engine, x, 0, 0.2));
    silent.push(addSourceAt(engine, 28, 0, -10.4), addSourceAt(engine, 28.3, 0, -10.8));
    const traveller = addSourceAt(engine, 30.2, 0, 0.4);
    for (const source of silent) engine.setSounding(source, true);
    return { engine, listener, traveller };
  }

  /** Plays blocks in which the traveller goes to the other group and back, staying 15 blocks each time. */
  function travel(scene: ReturnType<typeof createTravellerAt30m>, heard: (mix: Float32Array, block: number) => void) {
    const { engine, listener, traveller } = scene;
    for (let block = 0; block < 90; block++) {
      if (block % 15 === 5)
        placeSource(engine, traveller, block % 30 === 5 ? 28.1 : 30.2, 0, block % 30 === 5 ? -10.5 : 0.4);
      writeTone(engine, traveller, block, 300, 0.3);
      engine.render();
      heard(engine.mix(listener), block);
    }
  }

  it('keeps their level within 1 dB on the way from bed to bed', () => {
    const energies: number[] = [];
    travel(createTravellerAt30m(), (mix, block) => block >= 3 && energies.push(energyOf(mix)));
    expect(10 * Math.log10(Math.max(...energies) / Math.min(...energies))).toBeLessThan(1);
  });

  it('never lets them hear themselves', () => {
    const scene = createTravellerAt30m();
    scene.engine.setOwnSource(scene.listener, scene.traveller);
    travel(scene, (mix) => expect(peakOf(mix)).toBe(0));
  });

  it('never lets those hear them who ignore them', () => {
    const scene = createTravellerAt30m();
    scene.engine.setPairGain(scene.listener, scene.traveller, 0);
    travel(scene, (mix) => expect(peakOf(mix)).toBe(0));
  });
});
