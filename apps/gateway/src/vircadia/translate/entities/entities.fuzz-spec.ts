import { SimClock } from '@app/testing';
import { PacketError, type PacketTypeName, wireLayoutOf } from '@app/vircadia';
import { encodeMessage } from '@app/wire';
import { CLIENT_RELIABLE_BYTES_MAX } from '@app/world';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BOX, idOf, TranslatorBench } from './translator-bench.fixture.js';

const NAMES = ['EntityQuery', 'EntityAdd', 'EntityEdit', 'EntityPhysics', 'EntityErase', 'EntityClone'] as const;
const FIELDS = (wireLayoutOf('Box') ?? []).map(([, name, kind]) => [name, kind] as const);

/** A client in a world of three, whose session refuses what it is asked for, or does it, or says nothing. */
function bench(code: string): TranslatorBench {
  const b: TranslatorBench = new TranslatorBench(new SimClock(), false, [], undefined, (message) => {
    expect(encodeMessage('ClientReliable', message).length).toBeLessThan(CLIENT_RELIABLE_BYTES_MAX);
    const request = message.editEntities?.request;
    if (request === undefined || code === 'none') return;
    if (code === 'done') b.hear({ entitiesEdited: { request } });
    else b.hear({ requestFailed: { request, code } });
  });
  b.query();
  b.world(b.state(BOX, { dynamic: true }), b.state(idOf(1), {}), b.state(idOf(2), {}, { type: 'Sound' }));
  return b.tick(3);
}

const number = fc.oneof(
  fc.double({ noNaN: false }),
  fc.constantFrom(NaN, Infinity, -Infinity, 3.4e38, -1e30, -0, 2 ** 31, 0),
);
const vector = fc.record({ x: number, y: number, z: number, w: number });
const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  u16: fc.nat(65_535),
  u32: fc.nat(2 ** 31 - 1),
  u64: fc.nat(2 ** 31 - 1),
  f32: number,
  vec3: vector,
  quat: vector,
  colour: fc.record({ red: fc.nat(255), green: fc.nat(255), blue: fc.nat(255) }),
  cube: fc.record({ corner: vector, size: number }),
  string: fc.string({ unit: 'binary', maxLength: 400 }),
  bytes: fc.uint8Array({ maxLength: 300 }),
  uuid: fc.constantFrom(null, BOX, idOf(1), idOf(7)),
  uuids: fc.array(fc.constantFrom(BOX, idOf(3)), { maxLength: 300 }),
  simulationOwner: fc.constantFrom(
    null,
    { id: BOX, priority: 255 },
    {
      id: '76696369-6e69-8479-8000-000000000007',
      priority: 1,
    },
  ),
};
const properties = fc
  .uniqueArray(fc.constantFrom(...FIELDS), { maxLength: 12, selector: ([name]) => name })
  .chain((fields) => fc.tuple(...fields.map(([name, kind]) => VALUES[kind].map((value) => [name, value] as const))));
const edit = fc.record({
  name: fc.constantFrom('EntityAdd', 'EntityEdit', 'EntityPhysics'),
  id: fc.constantFrom(BOX, idOf(1), idOf(2), idOf(3), idOf(4)),
  type: fc.constantFrom('Box', 'Sphere', 'Shape'),
  lastEditedUs: fc.oneof(fc.nat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER)),
  properties: properties.map((entries) => Object.fromEntries(entries)),
});

function orRefused(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof PacketError)) throw error;
  }
}

describe('whatever clients of Vircadia send about entities', () => {
  it('is bytes of no sense: refused as a packet, or translated', () => {
    const packet = fc.tuple(fc.constantFrom(...NAMES), fc.uint8Array({ maxLength: 400 }));
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 20 }), (packets) => {
        const b = bench('done');
        for (const [name, payload] of packets) orRefused(() => b.bytes(name as PacketTypeName, payload));
        b.tick(50);
      }),
    );
  });

  it('is edits of no sense: what goes on is what our own gate and wire can hold', () => {
    const answers = fc.constantFrom('done', 'none', 'edit-invalid', 'rate-limited');
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 30 }), answers, (edits, code) => {
        const b = bench(code);
        for (const { name, ...rest } of edits) {
          orRefused(() => b.edit(name as 'EntityEdit', rest as Parameters<typeof b.edit>[1]));
          b.tick();
        }
        b.tick(100);
        expect(b.records().length).toBeLessThan(2_000);
      }),
    );
  });

  it('is a flood: little of it goes on, and nothing grows', () => {
    const b = bench('edit-invalid');
    const asked = b.asked.length;
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 50; i++)
        b.edit('EntityAdd', { id: idOf(round * 50 + i), properties: { name: 'x'.repeat(900) } });
      b.query({ connectionId: round });
      b.edit('EntityPhysics', { properties: { simulationOwner: null, position: { x: round, y: 0, z: 0 } } });
      b.tick();
    }
    b.pending = 0;
    b.tick(200);
    // 4 s: 40 requests a second, a few of interest, claims now and then.
    expect(b.asked.length - asked).toBeLessThan(4 * 40 + 100);
    const waiting = (b.translator as unknown as { editor: { waitingBytes: number; drafts: Map<string, unknown> } })
      .editor;
    expect(waiting.drafts.size).toBeLessThanOrEqual(4_096);
    expect(waiting.waitingBytes).toBeLessThanOrEqual(1_048_576);
  });
});
