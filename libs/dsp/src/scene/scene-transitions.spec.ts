import { describe, expect, it } from '@jest/globals';
import {
  addListenerAt,
  addSourceAt,
  ClickMeter,
  createEngine,
  placeListener,
  placeSource,
  seededRandom,
  writeTone,
} from './hearing.contract.js';
import type { SceneEngine } from './scene-engine.js';
import type { SpatialEngineOptions } from './spatial-engine.js';

/** -40 dBFS. */
const CLICK = 0.01;

interface Scene {
  engine: SceneEngine;
  listener: number;
  /** 20 people who talk, around the listener, 2 m to 20 m away; each a low tone. */
  crowd: number[];
}

function createScene(options: Partial<SpatialEngineOptions> = {}): Scene {
  const engine = createEngine({ nearSourcesMax: 4, directivity: 0.5, ...options });
  const random = seededRandom(7);
  const listener = addListenerAt(engine, 0, 0, 0);
  const crowd = Array.from({ length: 20 }, () => {
    const angle = random() * 2 * Math.PI;
    const distance = 2 + 18 * random();
    return addSourceAt(engine, distance * Math.sin(angle), random() - 0.5, distance * Math.cos(angle), random() * 6);
  });
  return { engine, listener, crowd };
}

/** Tones of 140 Hz to 160 Hz, far below full scale, so that the limiter has no part in this. */
function talk(engine: SceneEngine, crowd: readonly number[], block: number): void {
  crowd.forEach((source, index) => writeTone(engine, source, block, 140 + index, 0.15));
}

/** The largest click from block 6 on, while `change` happens in every block. */
function clickOf(scene: Scene, change: (block: number) => void, blocks = 40): number {
  const meter = new ClickMeter();
  for (let block = 0; block < blocks; block++) {
    talk(scene.engine, scene.crowd, block);
    if (block >= 6) change(block);
    scene.engine.render();
    meter.listen(scene.engine.mix(scene.listener), block, block >= 6);
  }
  return meter.worst;
}

describe('SceneEngine never clicks', () => {
  it('when nothing happens, which shows what is measured', () => {
    expect(clickOf(createScene(), () => undefined)).toBeLessThan(0.001);
  });

  it('when one loud voice walks from the ear to far away and back, near, far and in beds', () => {
    const scene = createScene();
    const { engine, crowd } = scene;
    const walker = crowd.pop() as number;
    const click = clickOf(
      scene,
      (block) => {
        placeSource(engine, walker, 0.5 + 20 * (1 - Math.cos(block / 30)), 0, -0.3);
        writeTone(engine, walker, block, 150, 0.25);
      },
      200,
    );
    expect(click).toBeLessThan(CLICK);
  });

  it('when everybody walks about, from cell to cell', () => {
    const scene = createScene();
    const random = seededRandom(11);
    const places = scene.crowd.map(() => [random() * 12 - 6, random() * 12 - 6, random() * 6]);
    const click = clickOf(
      scene,
      () => {
        scene.crowd.forEach((source, index) => {
          const place = places[index];
          place[0] += Math.sin(place[2]) * 0.15;
          place[1] += Math.cos(place[2]) * 0.15;
          place[2] += random() - 0.5;
          placeSource(scene.engine, source, place[0], 0, place[1], place[2]);
        });
      },
      200,
    );
    expect(click).toBeLessThan(CLICK);
  });

  it('when the listener turns, slowly or as fast as a mouse', () => {
    for (const speed of [0.02, 0.2, 1, 3.1]) {
      const scene = createScene();
      const click = clickOf(scene, (block) => placeListener(scene.engine, scene.listener, 0, 0, 0, block * speed));
      expect(click).toBeLessThan(CLICK);
    }
  });

  it('when the listener runs through the crowd', () => {
    const scene = createScene();
    const click = clickOf(
      scene,
      (block) => placeListener(scene.engine, scene.listener, -15 + block * 0.2, 0, 1, block * 0.1),
      150,
    );
    expect(click).toBeLessThan(CLICK);
  });

  it('when somebody teleports, 100 m or to the other ear', () => {
    const scene = createScene();
    const click = clickOf(scene, (block) => {
      const source = scene.crowd[block % 5];
      placeSource(scene.engine, source, block % 2 === 0 ? 3 : block % 3 === 0 ? -3 : 103, 0, 1);
      if (block === 30) placeListener(scene.engine, scene.listener, 80, 0, 0, 1);
      if (block === 33) placeListener(scene.engine, scene.listener, 0, 0, 0, 4);
    });
    expect(click).toBeLessThan(CLICK);
  });

  it('when people teleport, rest for a while, and are taken into cells again', () => {
    const scene = createScene();
    const random = seededRandom(13);
    const click = clickOf(
      scene,
      (block) => {
        const source = scene.crowd[block % 14];
        placeSource(scene.engine, source, random() * 30 - 15, 0, random() * 30 - 15);
      },
      200,
    );
    expect(click).toBeLessThan(CLICK);
  });

  it('when people are ignored, made loud and soft, and heard again', () => {
    const scene = createScene();
    const gains = [0, 4, 1, 0.1, 2];
    const click = clickOf(
      scene,
      (block) => {
        const source = scene.crowd[(block * 7) % scene.crowd.length];
        scene.engine.setPairGain(scene.listener, source, gains[block % gains.length]);
      },
      120,
    );
    expect(click).toBeLessThan(CLICK);
  });

  it('when solo is switched on and off and changes', () => {
    const scene = createScene();
    const click = clickOf(
      scene,
      (block) => {
        scene.engine.setSolo(scene.listener, scene.crowd[block % 7], block % 2 === 0);
        scene.engine.setSoloMode(scene.listener, block % 5 < 3);
      },
      100,
    );
    expect(click).toBeLessThan(CLICK);
  });

  it('when personal space changes and people walk into it', () => {
    const scene = createScene();
    const click = clickOf(
      scene,
      (block) => {
        scene.engine.setListenerSpace(scene.listener, block % 10 < 5 ? 0 : 4);
        scene.engine.setSourceSpace(scene.crowd[block % 20], block % 3);
        placeSource(scene.engine, scene.crowd[3], 5 - block * 0.05, 0, 0.2);
      },
      150,
    );
    expect(click).toBeLessThan(CLICK);
  });

  it('when somebody gets a stage or a megaphone, and gives it back', () => {
    const scene = createScene();
    const reaches = ['local', 'stage', 'megaphone', 'stage', 'local', 'megaphone'] as const;
    const click = clickOf(
      scene,
      (block) => scene.engine.setSourceReach(scene.crowd[block % 3], reaches[block % reaches.length]),
      100,
    );
    expect(click).toBeLessThan(CLICK);
  });

  it('when listener and sources go from zone to zone', () => {
    const box = { y: 0, z: 0, sizeX: 5, sizeY: 10, sizeZ: 60, yawRad: 0 };
    const scene = createScene({
      zones: [
        { ...box, name: 'left', x: -3 },
        { ...box, name: 'right', x: 3, reverb: { decayS: 1, wetDb: -6 } },
        { ...box, name: 'hall', x: 10, isStage: true },
      ],
      zonePairs: [
        { from: 'left', to: 'right', attenuation: 1 },
        { from: '*', to: 'left', attenuation: 0.8 },
        { from: 'right', to: '*', attenuation: 0.2 },
      ],
    });
    const click = clickOf(
      scene,
      (block) => {
        placeListener(scene.engine, scene.listener, 8 * Math.sin(block / 8), 0, 0);
        placeSource(scene.engine, scene.crowd[block % 4], 14 * Math.sin(block / 5), 0, 3);
      },
      200,
    );
    expect(click).toBeLessThan(CLICK);
  });

  it('when quality is given up and comes back', () => {
    const scene = createScene();
    const click = clickOf(
      scene,
      (block) =>
        scene.engine.setQuality({
          nearSourcesMax: 1 + (block % 4),
          farSignalsMax: (block * 3) % 11,
          bedAngleRad: 0.1 + (block % 9) / 10,
        }),
      100,
    );
    expect(click).toBeLessThan(CLICK);
  });

  it('when a listener joins while everybody talks', () => {
    const scene = createScene();
    const meter = new ClickMeter();
    for (let block = 0; block < 12; block++) {
      talk(scene.engine, scene.crowd, block);
      if (block === 6) scene.listener = addListenerAt(scene.engine, 1, 0, 1);
      scene.engine.render();
      if (block >= 6) meter.listen(scene.engine.mix(scene.listener), block);
    }
    expect(meter.worst).toBeLessThan(CLICK);
  });

  it('when voices begin and end smoothly, in any place', () => {
    const scene = createScene();
    const { engine, crowd, listener } = scene;
    const meter = new ClickMeter();
    const random = seededRandom(3);
    const sounding = crowd.map(() => false);
    for (let block = 0; block < 150; block++) {
      crowd.forEach((source, index) => {
        const was = sounding[index];
        const is = random() < 0.7;
        sounding[index] = is;
        // 150 Hz has whole periods in a block. A voice rises or falls within the block in which it begins or ends.
        writeTone(engine, source, block, 150, 0.15);
        const input = engine.input(source);
        for (let n = 0; n < input.length; n++) input[n] *= fadeOf(was, is, n / input.length);
        engine.setSounding(source, was || is);
      });
      engine.render();
      meter.listen(engine.mix(listener), block);
    }
    expect(meter.worst).toBeLessThan(CLICK);
  });
});

function fadeOf(was: boolean, is: boolean, at: number): number {
  const rise = at * at * (3 - 2 * at);
  return was ? (is ? 1 : 1 - rise) : is ? rise : 0;
}
