import { describe, expect, it } from '@jest/globals';
import type { Stream } from '@app/broker';
import { LogWriter } from './log-writer.js';
import { type AppendFault, bytes, clock, eventually, faulty, type JournalRun, textOf } from './run.contract.js';

/** One writer of a subject. */
export function describeWriter(run: JournalRun): void {
  describe('LogWriter', () => {
    const subject = (): string => `${run.root}.log.a`;
    const writerOf = (stream: Stream, resolveMsMax?: number): LogWriter =>
      new LogWriter(stream, subject(), clock, { recordBytesMax: 1_000, resolveMsMax });
    const stored = async (): Promise<string[]> => {
      const all = await run.stream.read(`${run.root}.log.*`, 1, 1_000);
      return all.map(({ data }) => textOf(data));
    };

    it('appends after what is there, whoever has written it', async () => {
      await run.fill(['1', '2']);
      await run.fill(['other'], 'b');
      const writer = writerOf(run.stream);
      await writer.open();
      expect(writer.lastSequence).toBe(2);
      expect(await writer.append(bytes('3'), 'id-3')).toBe(4);
      await run.fill(['other'], 'b');
      expect(await writer.append(bytes('4'), 'id-4')).toBe(6);
      expect(writer.lastSequence).toBe(6);
    });

    it('is fenced for good by anybody who writes there', async () => {
      const writer = writerOf(run.stream);
      await writer.open();
      await writer.append(bytes('1'), 'id-1');
      const rival = writerOf(await run.streamOf(run.two));
      await rival.open();
      await rival.append(bytes('2'), 'id-2');
      const fenced = { code: 'journal-fenced', retryable: true };
      await expect(writer.append(bytes('late'), 'id-3')).rejects.toMatchObject(fenced);
      await expect(writer.append(bytes('later'), 'id-4')).rejects.toMatchObject(fenced);
      await rival.append(bytes('3'), 'id-5');
      expect(await stored()).toEqual(['1', '2', '3']);
    });

    it('writes once whatever gets lost on the way', async () => {
      const faults: AppendFault[] = ['lost', 'unheard', undefined, 'lost', 'lost', undefined, 'unheard', 'unheard'];
      const writer = writerOf(faulty(run.stream, faults));
      await writer.open();
      for (const text of ['1', '2', '3', '4']) await writer.append(bytes(text), `id-${text}`);
      expect(faults).toEqual([]);
      expect(await stored()).toEqual(['1', '2', '3', '4']);
      expect(writer.lastSequence).toBe(4);
    });

    it('finds its record in the log when the broker has forgotten the id and somebody has written after it', async () => {
      const stream = new Proxy(run.stream, {
        get: (target, name) => {
          if (name !== 'append') {
            const value: unknown = Reflect.get(target, name, target);
            return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          }
          // No id reaches the log: it cannot recognise the repetition.
          return async (on: string, data: Uint8Array, options: { expectedLastSubjectSequence?: number }) => {
            const { expectedLastSubjectSequence } = options;
            return faulty(target, faults).append(on, data, { expectedLastSubjectSequence });
          };
        },
      });
      const faults: AppendFault[] = ['unheard'];
      const writer = writerOf(stream);
      await writer.open();
      expect(await writer.append(bytes('1'), 'id-1')).toBe(1);
      faults.push('unheard');
      const appending = writer.append(bytes('2'), 'id-2');
      await eventually('the record is stored', () => faults.length === 0);
      await run.fill(['rival']);
      expect(await appending).toBe(2);
      await expect(writer.append(bytes('3'), 'id-3')).rejects.toMatchObject({ code: 'journal-fenced' });
      expect(await stored()).toEqual(['1', '2', 'rival']);
    });

    it('is fenced, and not mistaken, when a rival was faster than a repetition', async () => {
      const faults: AppendFault[] = ['lost'];
      const writer = writerOf(faulty(run.stream, faults));
      await writer.open();
      const appending = expect(writer.append(bytes('1'), 'id-1')).rejects.toMatchObject({ code: 'journal-fenced' });
      await run.fill(['rival']);
      await appending;
      expect(await stored()).toEqual(['rival']);
    });

    it('survives a broker that is away in the middle of it', async () => {
      const writer = writerOf(run.stream);
      await writer.open();
      await writer.append(bytes('1'), 'id-1');
      const severing = run.context.sever();
      const appending = writer.append(bytes('2'), 'id-2');
      await severing;
      await eventually('the break is noticed', () => !run.one.isConnected);
      await run.context.restore();
      expect(await appending).toBe(2);
      expect(await writer.append(bytes('3'), 'id-3')).toBe(3);
      expect(await stored()).toEqual(['1', '2', '3']);
    });

    it('says that it does not know when the log stays away, and can be opened again', async () => {
      const faults: AppendFault[] = Array.from({ length: 50 }, () => 'lost');
      const writer = writerOf(faulty(run.stream, faults), 250);
      await writer.open();
      await expect(writer.append(bytes('1'), 'id-1')).rejects.toMatchObject({
        code: 'journal-unavailable',
        retryable: true,
      });
      faults.length = 0;
      await expect(writer.append(bytes('1'), 'id-1')).rejects.toThrow('opened');
      await writer.open();
      expect(await writer.append(bytes('2'), 'id-2')).toBe(1);
    });

    it('refuses records that are too large, and goes on', async () => {
      const writer = writerOf(run.stream);
      await writer.open();
      await expect(writer.append(new Uint8Array(1_001), 'id-1')).rejects.toMatchObject({
        code: 'journal-record-too-large',
        retryable: false,
      });
      expect(await writer.append(new Uint8Array(1_000), 'id-2')).toBe(1);
    });

    it('gives up at once when it is closed', async () => {
      const faults: AppendFault[] = Array.from({ length: 50 }, () => 'lost');
      const writer = writerOf(faulty(run.stream, faults));
      await writer.open();
      const appending = expect(writer.append(bytes('1'), 'id-1')).rejects.toMatchObject({ code: 'journal-closed' });
      writer.close();
      writer.close();
      await appending;
      await expect(writer.append(bytes('1'), 'id-1')).rejects.toMatchObject({ code: 'journal-closed' });
    });
  });
}
