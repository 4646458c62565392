import { describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage, WireError } from '@app/wire';
import { CodedError } from '@app/world';
import fc from 'fast-check';
import {
  applyLogEntry,
  checkEdits,
  decodeRecord,
  decodeSnapshot,
  encodeRecord,
  EntityError,
  EntityWorld,
  readArchive,
  resolveClones,
  transactionFieldsOf,
  writeArchive,
} from './index.js';
import { anyRecords, anyTransaction, IDS } from './naive-world.fixture.js';
import { add, contentsOf, worldOf } from './world-kit.fixture.js';

const rubbish = fc.uint8Array({ maxLength: 400 });

/** A copy with some bits another, and without its end. */
const damage = fc.tuple(fc.array(fc.tuple(fc.nat(), fc.nat(7)), { maxLength: 4 }), fc.nat());

function damaged(bytes: Uint8Array, [flips, cut]: [Array<[number, number]>, number]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const [at, bit] of flips) if (copy.length > 0) copy[at % copy.length] ^= 1 << bit;
  return copy.subarray(0, copy.length - (cut % 3 === 0 ? cut % (copy.length + 1) : 0));
}

/** Runs, and lets only expected failures pass. */
async function survive(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
  }
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Uint8Array.from(Buffer.concat(all));
}

describe('decoders of entities, fed with rubbish', () => {
  it('a record that was decoded is encoded to the same record', () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        for (const record of records) expect(decodeRecord(encodeRecord(record))).toEqual(record);
      }),
    );
  });

  it('a world survives every message in its log, and all readers agree', () => {
    const bytes = fc.oneof(
      rubbish,
      fc
        .tuple(anyRecords, damage)
        .map(([records, how]) => damaged(records[0] ? encodeRecord(records[0]) : new Uint8Array(), how)),
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 12 }), (messages) => {
        const [a, b] = [worldOf([add(IDS[0])]).world, worldOf([add(IDS[0])]).world];
        messages.forEach((data, i) => applyLogEntry(a, { data, sequence: i + 2 }));
        messages.forEach((data, i) => applyLogEntry(b, { data: Buffer.from(data), sequence: i + 2 }));
        expect(a.hash()).toEqual(b.hash());
        expect(a.lastSequence).toBe(messages.length + 1);
        // Whatever got in can be written and read again.
        expect(EntityWorld.decode(a.encodeParts()).hash()).toEqual(a.hash());
      }),
      { numRuns: 500 },
    );
  });

  it('edits from the wire are understood or refused, and what was understood can be done', () => {
    const bytes = fc.oneof(
      rubbish,
      fc
        .tuple(anyTransaction, damage)
        .map(([transaction, how]) =>
          damaged(encodeMessage('EntityTransaction', transactionFieldsOf(transaction, 3)), how),
        ),
    );
    fc.assert(
      fc.property(bytes, (data) => {
        let fields;
        try {
          fields = decodeMessage('EntityTransaction', data);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
          return;
        }
        const checked = checkEdits(fields);
        if (checked instanceof EntityError) return;
        const { world } = worldOf([add(IDS[0]), add(IDS[1], { parentID: IDS[0] })]);
        const edits = resolveClones(world, checked.edits, () => IDS[8], 0);
        if (edits instanceof EntityError) return;
        const record = { epoch: 1, writer: 'w', writtenAtMs: 1, transactions: [{ ...checked, edits }] };
        const again = decodeRecord(encodeRecord(record));
        const [outcome] = world.apply(again, 2);
        expect(outcome.kind === 'void' && outcome.code === 'edit-invalid').toBe(false);
        expect(EntityWorld.decode(world.encodeParts()).hash()).toEqual(world.hash());
      }),
      { numRuns: 1_500 },
    );
  });

  it('snapshots are read or refused', async () => {
    const { world } = worldOf([add(IDS[0], { name: 'x' }), add(IDS[1], { parentID: IDS[0] })]);
    const parts = [...world.encodeParts()];
    await fc.assert(
      fc.asyncProperty(rubbish, damage, fc.nat(parts.length - 1), async (bytes, how, which) => {
        await survive(() => decodeSnapshot(one(bytes)));
        await survive(() => decodeSnapshot(one(Uint8Array.of(0x1f, 0x8b, ...bytes))));
        await survive(() => EntityWorld.decode([bytes]));
        await survive(() => EntityWorld.decode(parts.map((part, i) => (i === which ? damaged(part, how) : part))));
      }),
      { numRuns: 500 },
    );
  });

  it('archives are read or refused', async () => {
    const { world } = worldOf([add(IDS[0], { name: 'x' }), add(IDS[1], { parentID: IDS[0] })]);
    const archive = await collect(
      writeArchive({
        name: 'plaza',
        shards: 1,
        entities: world.entities(),
        assetPaths: new Map(),
        readAsset: () => Promise.reject(new Error('there is none')),
        settings: {},
      }),
    );
    await fc.assert(
      fc.asyncProperty(rubbish, damage, async (bytes, how) => {
        await survive(() => readArchive(bytes));
        await survive(async () => {
          const { entities } = await readArchive(damaged(archive, how));
          expect(contentsOf(entities)).toEqual(contentsOf(world.entities()));
        });
      }),
      { numRuns: 500 },
    );
  });
});
