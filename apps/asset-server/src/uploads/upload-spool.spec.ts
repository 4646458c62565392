import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ASSET_TYPES, type AssetType } from '@app/assets';
import { SimClock } from '@app/testing';
import { AssetError } from '../asset-server.errors.js';
import type { Announcement } from '../files/asset-library.js';
import { type SpoolLimits, UploadSpool } from './upload-spool.js';

const MINUTE = 60_000;
const LIMITS: SpoolLimits = {
  uploadsMax: 3,
  bytesMax: 1_000,
  uploadsPerNetworkMax: 2,
  bytesPerNetworkMax: 600,
  ageMsMax: 10 * MINUTE,
};
const announced = (sizeBytes: number): Announcement => ({
  hash: 'a'.repeat(64),
  sizeBytes,
  type: ASSET_TYPES.get('bin') as AssetType,
  name: 'x.bin',
  by: 'operator',
});
const pieces = async function* (...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield new Uint8Array(size).fill(size);
};
const nothing = (): void => undefined;
/** Real files take real time, which the simulated clock knows nothing of. What never comes true is for the test to tell. */
const until = async (holds: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 500 && !holds(); turn++) await pause(10);
};

describe('UploadSpool', () => {
  let folder: string;
  let clock: SimClock;
  let spool: UploadSpool;

  const open = async (limits: Partial<SpoolLimits> = {}): Promise<UploadSpool> => {
    const made = new UploadSpool(folder, { ...LIMITS, ...limits }, clock, nothing);
    await made.start();
    return made;
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vicinity-spool-'));
    clock = new SimClock();
    spool = await open();
  });
  afterEach(() => {
    spool.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('counts announced bytes and uploads, and gives both back', async () => {
    const uploads = [await spool.create(announced(400), ''), await spool.create(announced(400), '')];
    await expect(spool.create(announced(201), '')).rejects.toMatchObject({
      code: 'upload-spool-full',
      retryable: true,
    });
    await spool.create(announced(200), '');
    await expect(spool.create(announced(0), '')).rejects.toMatchObject({ code: 'upload-spool-full' });
    await spool.cancel(uploads[0].id);
    await spool.create(announced(400), '');
  });

  it('forgets uploads that nobody goes on with, and leaves nothing of them', async () => {
    const left = await spool.create(announced(100), '');
    const kept = await spool.create(announced(100), '');
    await clock.advanceAsync(6 * MINUTE);
    await spool.append(kept.id, 0, pieces(50), nothing);
    await clock.advanceAsync(6 * MINUTE);
    await until(() => readdirSync(folder).length === 2);
    expect(() => spool.get(left.id)).toThrow(AssetError);
    expect(spool.get(kept.id).offset).toBe(50);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  it('keeps what came before an interruption', async () => {
    const { id } = await spool.create(announced(100), '');
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(30);
      throw new Error('The connection was cut.');
    };
    await expect(spool.append(id, 0, broken(), nothing)).rejects.toThrow('cut');
    expect(spool.get(id).offset).toBe(30);
    await expect(spool.append(id, 29, pieces(1), nothing)).rejects.toMatchObject({ code: 'upload-offset-wrong' });
    expect((await spool.append(id, 30, pieces(70), nothing)).offset).toBe(100);
  });

  it('ends one who brings bytes when another one comes', async () => {
    const { id } = await spool.create(announced(100), '');
    let cut = (): void => undefined;
    const hanging = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      await new Promise<void>((_, reject) => (cut = () => reject(new Error('ended'))));
    };
    const first = spool.append(id, 0, hanging(), () => cut());
    first.catch(nothing);
    await until(() => spool.get(id).offset === 10);
    expect((await spool.append(id, 10, pieces(90), nothing)).offset).toBe(100);
    await expect(first).rejects.toThrow('ended');
  });

  it('keeps a complete upload when storing it may work later, and drops it when not', async () => {
    const { id } = await spool.create(announced(10), '');
    await spool.append(id, 0, pieces(10), nothing);
    const fail = (code: 'asset-store-unavailable' | 'asset-hash-mismatch'): Promise<never> =>
      spool.finish(id, () => Promise.reject(new AssetError(code, 'No.')));
    await expect(fail('asset-store-unavailable')).rejects.toMatchObject({ retryable: true });
    expect(spool.get(id).offset).toBe(10);
    await expect(fail('asset-hash-mismatch')).rejects.toMatchObject({ retryable: false });
    expect(() => spool.get(id)).toThrow(AssetError);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes up what its predecessor has left, and throws rubbish away', async () => {
    const { id } = await spool.create(announced(100), '');
    await spool.append(id, 0, pieces(40), nothing);
    spool.stop();
    writeFileSync(join(folder, 'b'.repeat(32)), 'bytes without a note');
    writeFileSync(join(folder, `${'c'.repeat(32)}.json`), '{}');
    writeFileSync(join(folder, 'rubbish'), '');
    spool = await open();
    expect(spool.get(id)).toMatchObject({ offset: 40, announced: announced(100) });
    expect(readdirSync(folder).sort()).toEqual([id, `${id}.json`].sort());
  });

  it('leaves others their part of the room, however much one network asks for', async () => {
    await spool.create(announced(300), '192.0.2.1');
    const refusal = { code: 'upload-rate-limited', retryable: true };
    await expect(spool.create(announced(301), '192.0.2.1')).rejects.toMatchObject(refusal);
    const second = await spool.create(announced(100), '192.0.2.1');
    await expect(spool.create(announced(1), '192.0.2.1')).rejects.toMatchObject(refusal);
    await spool.create(announced(600), '192.0.2.2');
    spool.stop();
    spool = await open({ uploadsMax: 5 });
    await expect(spool.create(announced(0), '192.0.2.1')).rejects.toMatchObject(refusal);
    await spool.cancel(second.id);
    await spool.create(announced(0), '192.0.2.1');
  });

  /** Brings a piece of so many bytes each half minute, until somebody interrupts. */
  const drip = (
    sizeBytes: number,
  ): {
    data: AsyncIterable<Uint8Array>;
    interrupt: () => void;
    isEnded: () => boolean;
    /** Whether everything that it has brought was taken. */
    isResting: () => boolean;
  } => {
    let isEnded = false;
    let isResting = false;
    let wake = nothing;
    const data = async function* (): AsyncGenerator<Uint8Array> {
      while (!isEnded) {
        isResting = true;
        await new Promise<void>((resolve) => void clock.after(30_000, (wake = resolve)));
        isResting = false;
        if (!isEnded) yield new Uint8Array(sizeBytes);
      }
    };
    const interrupt = (): void => {
      isEnded = true;
      wake();
    };
    return { data: data(), interrupt, isEnded: () => isEnded, isResting: () => isResting };
  };

  it('interrupts who brings next to nothing, and not who is only slow', async () => {
    spool.stop();
    spool = await open({ bytesMax: 100_000_000 });
    const slow = drip(130_000);
    const dripping = drip(1);
    const uploads = [await spool.create(announced(10_000_000), ''), await spool.create(announced(10_000_000), '')];
    const runs = [slow, dripping].map(({ data, interrupt }, i) => spool.append(uploads[i].id, 0, data, interrupt));
    for (let half = 0; half < 4; half++) {
      await until(() => [slow, dripping].every((one) => one.isEnded() || one.isResting()));
      await clock.advanceAsync(MINUTE / 2);
    }
    await until(() => dripping.isEnded());
    expect([slow.isEnded(), dripping.isEnded()]).toEqual([false, true]);
    slow.interrupt();
    await Promise.all(runs);
  });

  it('forgets an upload that would take for ever, though something comes now and then', async () => {
    const upload = await spool.create(announced(500), '');
    for (let offset = 0; offset < 14; offset++) {
      await clock.advanceAsync(3 * MINUTE);
      await spool.append(upload.id, offset, pieces(1), nothing).catch(nothing);
    }
    expect(() => spool.get(upload.id)).toThrow('no such upload');
  });
});
