import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeMessage, encodeMessage } from '@app/wire';
import { InterestStage } from './interest-stage.js';

const number = fc.oneof(fc.double(), fc.constantFrom(0, -1, 1e300, NaN, Infinity, 5));
const vector = fc.option(fc.record({ x: number, y: number, z: number }), { nil: undefined });
const uint = fc.oneof(fc.nat(5), fc.nat(), fc.constant(0xffff_ffff));
const value = fc.oneof(
  fc.constant({}),
  fc.record({ number }),
  fc.record({ text: fc.constant('red') }),
  fc.record({ map: fc.record({ properties: fc.array(fc.record({ name: fc.constantFrom('', '__proto__', 'a') })) }) }),
);
const interest = fc.record(
  {
    generation: uint,
    radiusM: number,
    views: fc.array(fc.record({ position: vector, direction: vector, halfAngleRad: number }), { maxLength: 6 }),
    types: fc.array(fc.constantFrom('Box', '', 'x'.repeat(99)), { maxLength: 40 }),
    matching: fc.record({
      properties: fc.array(fc.record({ name: fc.constantFrom('', 'name', '__proto__'), value }), { maxLength: 12 }),
    }),
    knownSequence: fc.oneof(uint, fc.constant(2 ** 53 - 1)),
  },
  { requiredKeys: [] },
);
const entry = fc.record(
  {
    sessionId: uint,
    serverId: fc.constantFrom('entity-server-1', 'entity-server-1', 'other', ''),
    stay: uint,
    position: vector,
    interest,
  },
  { requiredKeys: ['serverId'] },
);
const table = fc.record({
  gatewayId: fc.constantFrom('gateway-1', 'gateway-2', '', 'No Name', 'x'.repeat(200)),
  entries: fc.array(entry, { maxLength: 12 }),
  isComplete: fc.boolean(),
});
const motion = fc.record(
  {
    id: fc.uint8Array({ maxLength: 17 }),
    atMs: uint,
    x: number,
    y: number,
    z: number,
    rotationW: number,
    ownerId: uint,
  },
  { requiredKeys: [] },
);

function createStage(): InterestStage {
  const stage = new InterestStage(3, { bytesPerSecond: 65_536, burstBytes: 49_152 });
  const dimensions = { x: 1, y: 1, z: 1 };
  for (let i = 0; i < 50; i++) stage.put({ position: { x: i * 20, y: 0, z: 0 }, dimensions, name: 'red' });
  stage.load();
  return stage;
}

describe('tables from anywhere', () => {
  it('never make interest fail, and leave it able to serve', () => {
    fc.assert(
      fc.property(fc.array(table, { maxLength: 6 }), fc.array(motion, { maxLength: 6 }), (tables, motions) => {
        const stage = createStage();
        for (const one of tables) {
          const decoded = decodeMessage('EntityInterestTable', encodeMessage('EntityInterestTable', one));
          stage.interest.handleTable(decoded, stage.nowMs);
          stage.interest.handleMotions({ motions }, stage.nowMs);
          for (let tick = 0; tick < 3; tick++) stage.tick();
        }
        const viewer = stage.addViewer({ x: 0, y: 0, z: 0 }, {}, 'gateway-3');
        stage.run(1_000);
        expect(viewer.model.entities.size).toBe(50);
      }),
      { numRuns: 60 },
    );
  });

  it('fill no more than there is room for', () => {
    const stage = createStage();
    for (let gateway = 0; gateway < 6; gateway++) {
      const entries = Array.from({ length: 3_000 }, (_, index) => ({
        sessionId: index + 1,
        serverId: 'entity-server-1',
        position: { x: 90_000, y: 0, z: 0 },
        interest: { radiusM: 1 },
      }));
      stage.interest.handleTable({ gatewayId: `gateway-${gateway}`, entries }, stage.nowMs);
    }
    expect(stage.interest.viewerCount).toBe(4_096);
    stage.tick();
  });
});
