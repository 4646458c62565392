import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openZip, VircadiaError, writeZip, wrongZipName } from './index.js';

async function seed(): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const contents = ['models.json', 'assets/map.json', 'assets/files/a.png'].map((name) => ({
    name,
    data: new TextEncoder().encode(`${name} `.repeat(20)),
  }));
  for await (const piece of writeZip(contents)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

/** Reads everything; what is read has a good name and the announced size. Refusals are VircadiaErrors. */
async function checkReading(bytes: Uint8Array): Promise<void> {
  try {
    for (const [name, entry] of await openZip(bytes)) {
      expect(wrongZipName(name)).toBeUndefined();
      expect(await entry.read()).toHaveLength(entry.sizeBytes);
    }
  } catch (error) {
    if (!(error instanceof VircadiaError)) throw error;
    expect(error.code).toBe('archive-invalid');
  }
}

describe('archives from anywhere', () => {
  it('are read or refused, whatever bytes come', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), checkReading));
  });

  it('are read or refused when bytes have changed', async () => {
    const good = await seed();
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(changes, fc.nat(40), async (list, cut) => {
        const bytes = good.slice(cut % 5 === 0 ? cut : 0);
        for (const [at, value] of list) bytes[at % bytes.length] = value;
        await checkReading(bytes);
      }),
    );
  });

  it('are read or refused when the list of files has changed', async () => {
    const good = await seed();
    const directory = Buffer.from(good).indexOf(Buffer.from('504b0102', 'hex'));
    const change = fc.tuple(fc.integer({ min: directory, max: good.length - 1 }), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (list) => {
        const bytes = good.slice();
        for (const [at, value] of list) bytes[at] = value;
        await checkReading(bytes);
      }),
    );
  });
});
