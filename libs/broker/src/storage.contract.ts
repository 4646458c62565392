import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KeyValue, Stream } from './broker.js';
import { bytes, type ContractRun, eventually, textOf, textsOf } from './run.contract.js';

/** Key-value buckets and streams. */
export function describeStorage(run: ContractRun): void {
  describe('key values', () => {
    let kv: KeyValue;
    let rival: KeyValue;
    beforeEach(async () => {
      [kv, rival] = await Promise.all([run.one.keyValue(`${run.root}-bucket`), run.two.keyValue(`${run.root}-bucket`)]);
    });

    it('are read by everybody once they are written', async () => {
      expect(await kv.get('a.b')).toBeUndefined();
      const revision = await kv.put('a.b', bytes('1'));
      const entry = await rival.get('a.b');
      expect([entry?.key, textOf(entry?.value), entry?.revision]).toEqual(['a.b', '1', revision]);
      expect(await rival.put('a.b', bytes('2'))).toBeGreaterThan(revision);
      expect(textOf((await kv.get('a.b'))?.value)).toBe('2');
    });

    it('are created by exactly one of many rivals', async () => {
      const attempts = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) => (index % 2 ? kv : rival).create('owner', bytes(String(index)))),
      );
      const lost = attempts.filter((attempt) => attempt.status === 'rejected');
      expect(lost).toHaveLength(9);
      for (const { reason } of lost) expect(reason).toMatchObject({ code: 'broker-key-exists', retryable: false });
    });

    it('are updated only from the revision that was seen', async () => {
      const revision = await kv.create('a', bytes('1'));
      const next = await rival.update('a', bytes('2'), revision);
      await expect(kv.update('a', bytes('3'), revision)).rejects.toMatchObject({ code: 'broker-revision-conflict' });
      await expect(kv.update('absent', bytes('3'), 1)).rejects.toMatchObject({ code: 'broker-revision-conflict' });
      await expect(kv.update('a', bytes('3'), 0)).rejects.toMatchObject({ code: 'broker-revision-conflict' });
      await kv.update('a', bytes('3'), next);
      expect(textOf((await rival.get('a'))?.value)).toBe('3');
    });

    it('can be created again after they were deleted, but not updated', async () => {
      const revision = await kv.create('a', bytes('1'));
      await rival.delete('a');
      expect(await kv.get('a')).toBeUndefined();
      await expect(kv.update('a', bytes('2'), revision)).rejects.toMatchObject({ code: 'broker-revision-conflict' });
      expect(await kv.create('a', bytes('2'))).toBeGreaterThan(revision);
      await kv.delete('never-there');
    });

    it('are deleted only from the revision that was seen, when one is named', async () => {
      const conflict = { code: 'broker-revision-conflict' };
      const revision = await kv.create('a', bytes('1'));
      const next = await rival.update('a', bytes('2'), revision);
      for (const wrong of [revision, 0, NaN]) await expect(kv.delete('a', wrong)).rejects.toMatchObject(conflict);
      expect(textOf((await kv.get('a'))?.value)).toBe('2');
      await kv.delete('a', next);
      expect(await rival.get('a')).toBeUndefined();
      await expect(rival.delete('a', next)).rejects.toMatchObject(conflict);
      await expect(rival.delete('absent', 1)).rejects.toMatchObject(conflict);
    });

    it('vanish when they get old', async () => {
      const shortLived = await run.one.keyValue(`${run.root}-ttl`, { ttlMs: 1_000 });
      await shortLived.put('a', bytes('1'));
      expect(await shortLived.get('a')).toBeDefined();
      await eventually('the value is gone', async () => (await shortLived.get('a')) === undefined);
      await shortLived.create('a', bytes('2'));
    });

    it('are watched: first what is there, then every change', async () => {
      const seen: unknown[] = [];
      await kv.put('a', bytes('1'));
      await kv.put('b', bytes('1'));
      await kv.put('a', bytes('2'));
      await kv.put('gone', bytes('1'));
      await kv.delete('gone');
      const watch = await rival.watch(({ key, value }) => seen.push(`${key}=${textOf(value)}`));
      expect([...seen].sort()).toEqual(['a=2', 'b=1']);
      seen.length = 0;
      await kv.put('c', bytes('1'));
      await kv.delete('a');
      await kv.put('a', bytes('3'));
      await eventually('changes are told', () => seen.length >= 3);
      expect(seen).toEqual(['c=1', 'a=undefined', 'a=3']);
      watch.unsubscribe();
      watch.unsubscribe();
      await kv.put('d', bytes('1'));
      await run.settle();
      expect(seen).toHaveLength(3);
    });

    it('are watched from the start when there is nothing, whatever listeners do', async () => {
      const seen: unknown[] = [];
      await rival.watch(() => {
        throw new Error('a listener that fails');
      });
      await rival.watch(({ key, revision }) => seen.push([key, revision]));
      const first = await kv.put('a', bytes('1'));
      const second = await kv.put('b', bytes('1'));
      await eventually('changes are told', () => seen.length >= 2);
      expect(seen).toEqual([
        ['a', first],
        ['b', second],
      ]);
    });

    it('refuse keys that cannot be', async () => {
      for (const key of ['', 'a b', '.a', 'a.', 'a..b', 'a.*', 'ä']) {
        await expect(kv.put(key, bytes('x'))).rejects.toMatchObject({ code: 'broker-invalid-subject' });
        await expect(kv.get(key)).rejects.toMatchObject({ code: 'broker-invalid-subject' });
      }
      await expect(run.one.keyValue('no good')).rejects.toMatchObject({ code: 'broker-invalid-subject' });
    });

    it('share a bucket that many open in the same moment', async () => {
      const opened = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 ? run.one : run.two).keyValue(`${run.root}-rush`, index < 4 ? {} : { historyCount: 5 }),
        ),
      );
      await opened[0].put('a', bytes('1'));
      for (const bucket of opened) expect(textOf((await bucket.get('a'))?.value)).toBe('1');
    });
  });

  describe('streams', () => {
    let stream: Stream;
    const options = (): { name: string; subjects: string[] } => ({
      name: run.root.toUpperCase(),
      subjects: [`${run.root}.log.*`],
    });
    beforeEach(async () => {
      stream = await run.one.stream(options());
    });

    it('keep what was appended, in order', async () => {
      const a = await stream.append(`${run.root}.log.a`, bytes('1'));
      const b = await stream.append(`${run.root}.log.b`, bytes('2'));
      const c = await stream.append(`${run.root}.log.a`, bytes('3'));
      expect([a, b, c]).toEqual([1, 2, 3].map((sequence) => ({ sequence, isDuplicate: false })));
      const reader = await run.two.stream(options());
      const all = await reader.read(`${run.root}.log.*`, 1, 100);
      expect(all.map(({ subject, sequence }) => [subject, sequence])).toEqual([
        [`${run.root}.log.a`, 1],
        [`${run.root}.log.b`, 2],
        [`${run.root}.log.a`, 3],
      ]);
      expect(textsOf(all)).toEqual(['1', '2', '3']);
      for (const { storedAtMs } of all) expect(Math.abs(storedAtMs - Date.now())).toBeLessThan(60_000);
    });

    it('read from a sequence on, at most as many as asked', async () => {
      for (let index = 1; index <= 20; index++) await stream.append(`${run.root}.log.a`, bytes(String(index)));
      expect(textsOf(await stream.read(`${run.root}.log.a`, 18, 100))).toEqual(['18', '19', '20']);
      expect(textsOf(await stream.read(`${run.root}.log.a`, 5, 2))).toEqual(['5', '6']);
      expect(await stream.read(`${run.root}.log.a`, 21, 10)).toEqual([]);
      expect(await stream.read(`${run.root}.log.b`, 1, 10)).toEqual([]);
      expect(await stream.read(`${run.root}.log.a`, 1, 0)).toEqual([]);
    });

    it('give the last messages of a subject, oldest first, however far back they are', async () => {
      const appends = [stream.append(`${run.root}.log.rare`, bytes('first'))];
      for (let index = 0; index < 300; index++) {
        appends.push(stream.append(`${run.root}.log.${index % 100 === 50 ? 'rare' : 'busy'}`, bytes(String(index))));
      }
      await Promise.all(appends);
      expect(textsOf(await stream.last(`${run.root}.log.rare`, 2))).toEqual(['150', '250']);
      expect(textsOf(await stream.last(`${run.root}.log.rare`, 100))).toEqual(['first', '50', '150', '250']);
      expect(textsOf(await stream.last(`${run.root}.log.busy`, 3))).toEqual(['297', '298', '299']);
      const [newest] = await stream.last(`${run.root}.log.rare`, 1);
      expect(newest).toEqual((await stream.last(`${run.root}.log.rare`, 2))[1]);
      expect(textsOf([newest])).toEqual(['250']);
      for (const count of [1, 3]) expect(await stream.last(`${run.root}.log.absent`, count)).toEqual([]);
      expect(await stream.last(`${run.root}.log.rare`, 0)).toEqual([]);
    });

    it('refuse a writer that does not know the last sequence of the subject', async () => {
      const subject = `${run.root}.log.a`;
      const first = await stream.append(subject, bytes('1'), { expectedLastSubjectSequence: 0 });
      await stream.append(`${run.root}.log.b`, bytes('other'), { expectedLastSubjectSequence: 0 });
      const rival = await run.two.stream(options());
      await rival.append(subject, bytes('2'), { expectedLastSubjectSequence: first.sequence });
      for (const expected of [0, first.sequence, 1_000]) {
        await expect(
          stream.append(subject, bytes('late'), { expectedLastSubjectSequence: expected }),
        ).rejects.toMatchObject({ code: 'broker-sequence-conflict', retryable: false });
      }
      expect(textsOf(await stream.last(subject, 10))).toEqual(['1', '2']);
    });

    it('store a repeated message id once and give the answer of the first', async () => {
      const subject = `${run.root}.log.a`;
      const append = (text: string, messageId: string): ReturnType<Stream['append']> =>
        stream.append(subject, bytes(text), { messageId });
      const first = await append('1', 'id-1');
      await append('2', 'id-2');
      expect(await append('1', 'id-1')).toEqual({ sequence: first.sequence, isDuplicate: true });
      // A repetition is one also for a writer that names the sequence it expected at first.
      expect(await stream.append(subject, bytes('1'), { messageId: 'id-1', expectedLastSubjectSequence: 0 })).toEqual({
        sequence: first.sequence,
        isDuplicate: true,
      });
      expect(textsOf(await stream.last(subject, 10))).toEqual(['1', '2']);
    });

    it('republish what was stored, once and in order, and not what was refused or repeated', async () => {
      const log = await run.one.stream({
        name: `${run.root.toUpperCase()}-OUT`,
        subjects: [`${run.root}.*.chat.log.*`],
        republish: { from: `${run.root}.*.chat.log.*`, to: `${run.root}.*.chat.out.*` },
      });
      const seen = run.collect(run.two, `${run.root}.*.chat.out.*`);
      await run.settle();
      const subject = `${run.root}.main.chat.log.a`;
      await log.append(subject, bytes('1'), { messageId: 'id-1' });
      await log.append(subject, bytes('1'), { messageId: 'id-1' });
      await log.append(subject, bytes('x'), { expectedLastSubjectSequence: 9 }).catch(() => undefined);
      await log.append(`${run.root}.main.chat.log.b`, bytes('2'));
      await log.append(subject, bytes('3'), { expectedLastSubjectSequence: 1 });
      await eventually('events arrive', () => seen.length >= 3);
      await run.settle();
      expect(
        seen.map((message) => [
          message.subject.slice(run.root.length),
          textOf(message.data),
          message.reply,
          message.sequence,
          message.previousSequence,
        ]),
      ).toEqual([
        ['.main.chat.out.a', '1', undefined, 1, 0],
        ['.main.chat.out.b', '2', undefined, 2, 0],
        ['.main.chat.out.a', '3', undefined, 3, 1],
      ]);
      expect(textsOf(await log.last(subject, 10))).toEqual(['1', '3']);
    });

    it('let nobody answer an append: subscribers of the subject see an event', async () => {
      const seen = run.collect(run.two, `${run.root}.log.>`);
      run.two.subscribe(`${run.root}.log.>`, ({ reply }) => {
        if (reply) run.two.publish(reply, bytes('not an acknowledgement'));
      });
      await run.settle();
      for (let index = 0; index < 20; index++) await stream.append(`${run.root}.log.a`, bytes('x'));
      await run.settle();
      expect(seen.map(({ reply }) => reply)).toEqual(Array.from({ length: 20 }, () => undefined));
    });

    it('store what is only published on their subjects, too', async () => {
      run.one.publish(`${run.root}.log.a`, bytes('event'));
      await run.settle();
      await eventually('it is stored', async () => (await stream.last(`${run.root}.log.a`, 1)).length === 1);
    });

    it('keep at most so many bytes in all', async () => {
      const small = await run.one.stream({ ...options(), bytesMax: 10_000 });
      for (let index = 1; index <= 30; index++)
        await small.append(`${run.root}.log.a`, new Uint8Array(1_000).fill(index));
      const kept = await small.read(`${run.root}.log.a`, 1, 100);
      expect(kept.length).toBeGreaterThan(2);
      expect(kept.length).toBeLessThanOrEqual(10);
      expect(kept[kept.length - 1].data[0]).toBe(30);
    });

    it('keep at most so many messages of a subject', async () => {
      const short = await run.one.stream({ ...options(), messagesPerSubjectMax: 3 });
      for (let index = 1; index <= 5; index++) await short.append(`${run.root}.log.a`, bytes(String(index)));
      await short.append(`${run.root}.log.b`, bytes('b'));
      expect(textsOf(await short.last(`${run.root}.log.a`, 10))).toEqual(['3', '4', '5']);
      expect(textsOf(await short.read(`${run.root}.log.*`, 1, 10))).toEqual(['3', '4', '5', 'b']);
    });

    it('forget messages that get old', async () => {
      const subjects = [`${run.root}.short.*`];
      const short = await run.one.stream({ name: `${run.root.toUpperCase()}-AGE`, subjects, ageMsMax: 1_000 });
      await short.append(`${run.root}.short.a`, bytes('1'));
      expect(await short.last(`${run.root}.short.a`, 1)).toHaveLength(1);
      await eventually('the message is gone', async () => (await short.last(`${run.root}.short.a`, 1)).length === 0);
    });

    it('are opened by many in the same moment', async () => {
      const opened = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 ? run.one : run.two).stream({
            name: `${run.root.toUpperCase()}-RUSH`,
            subjects: [`${run.root}.rush.*`],
            messagesPerSubjectMax: index < 4 ? 10 : 20,
          }),
        ),
      );
      const appended = await Promise.all(opened.map((each) => each.append(`${run.root}.rush.a`, bytes('x'))));
      expect(new Set(appended.map(({ sequence }) => sequence)).size).toBe(8);
    });

    it('are scanned in order, from one place to another', async () => {
      const subjects = ['a', 'b', 'c'].map((who) => `${run.root}.log.${who}`);
      for (let index = 1; index <= 30; index++) await stream.append(subjects[index % 3], bytes(String(index)));
      const reader = await run.two.stream(options());
      const all = await gather(reader.scan(`${run.root}.log.*`, 1, Infinity));
      expect(all.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
      expect(textsOf(all)).toEqual(all.map(({ sequence }) => String(sequence)));
      expect(all[4].subject).toBe(subjects[2]);
      expect(textsOf(await gather(reader.scan(`${run.root}.log.*`, 28, 29)))).toEqual(['28', '29']);
      expect(textsOf(await gather(reader.scan(subjects[0], 4, 12)))).toEqual(['6', '9', '12']);
      expect(textsOf(await gather(reader.scan(subjects[0], 0, 4)))).toEqual(['3']);
      for (const [from, to] of [
        [31, Infinity],
        [5, 4],
        [1, 0],
      ]) {
        expect(await gather(reader.scan(`${run.root}.log.*`, from, to))).toEqual([]);
      }
      expect(await gather(reader.scan(`${run.root}.log.none`, 1, Infinity))).toEqual([]);
    });

    it('are scanned up to what was the end when it began, and only as far as somebody reads', async () => {
      const count = 10_000;
      for (let done = 0; done < count; done += 1_000) {
        await Promise.all(Array.from({ length: 1_000 }, () => stream.append(`${run.root}.log.a`, new Uint8Array(100))));
      }
      let seen = 0;
      for await (const { sequence } of stream.scan(`${run.root}.log.a`, 1, Infinity)) {
        expect(sequence).toBe(++seen);
        if (seen === 1) await stream.append(`${run.root}.log.a`, bytes('afterwards'));
      }
      expect(seen).toBe(count);
      for await (const { sequence } of stream.scan(`${run.root}.log.a`, 1, Infinity)) if (sequence === 10) break;
      expect(textsOf(await gather(stream.scan(`${run.root}.log.a`, count + 1, Infinity)))).toEqual(['afterwards']);
    });

    it('are scanned completely when messages are large', async () => {
      for (let index = 0; index < 40; index++) {
        await stream.append(`${run.root}.log.a`, new Uint8Array(500_000).fill(index));
      }
      const all = await gather(stream.scan(`${run.root}.log.a`, 1, Infinity));
      expect(all.map(({ data }) => data[499_999])).toEqual(Array.from({ length: 40 }, (_, index) => index));
    });

    it('say where they begin and end', async () => {
      expect(await stream.state()).toMatchObject({ firstSequence: 1, lastSequence: 0 });
      const short = await run.one.stream({ ...options(), messagesPerSubjectMax: 2 });
      for (let index = 1; index <= 2; index++) await stream.append(`${run.root}.log.a`, bytes('x'));
      expect(await short.state()).toMatchObject({ firstSequence: 1, lastSequence: 2 });
      for (let index = 3; index <= 4; index++) await stream.append(`${run.root}.log.a`, bytes('x'));
      expect(await short.state()).toMatchObject({ firstSequence: 3, lastSequence: 4 });
      expect(await gather(short.scan(`${run.root}.log.a`, 1, Infinity))).toHaveLength(2);
    });

    it('tell how many bytes they take, about', async () => {
      const before = (await stream.state()).sizeBytes;
      await stream.append(`${run.root}.log.a`, new Uint8Array(10_000));
      const { sizeBytes } = await stream.state();
      expect(sizeBytes - before).toBeGreaterThanOrEqual(10_000);
      expect(sizeBytes - before).toBeLessThan(11_000);
    });

    it('keep their limits when somebody opens them as they are', async () => {
      await run.one.stream({ ...options(), messagesPerSubjectMax: 2 });
      const reader = await run.two.stream({ ...options(), isAsItIs: true });
      for (let index = 1; index <= 3; index++) await reader.append(`${run.root}.log.a`, bytes('x'));
      expect(await gather(reader.scan(`${run.root}.log.a`, 1, Infinity))).toHaveLength(2);
    });

    it('give the message at a place', async () => {
      await stream.append(`${run.root}.log.a`, bytes('1'), { messageId: 'id-1' });
      await stream.append(`${run.root}.log.b`, bytes('2'));
      const first = await stream.get(1);
      expect(first).toMatchObject({ subject: `${run.root}.log.a`, sequence: 1, messageId: 'id-1' });
      expect([first]).toEqual(await gather(stream.scan(`${run.root}.log.*`, 1, 1)));
      expect([first]).toEqual(await stream.last(`${run.root}.log.a`, 1));
      expect(textOf((await stream.get(2))?.data)).toBe('2');
      expect((await stream.get(2))?.messageId).toBeUndefined();
      for (const absent of [0, 3, 1_000, NaN]) expect(await stream.get(absent)).toBeUndefined();
      await run.one.stream({ ...options(), messagesPerSubjectMax: 1 });
      await stream.append(`${run.root}.log.a`, bytes('3'));
      expect(await stream.get(1)).toBeUndefined();
    });

    it('forget what is before a place, and nothing else', async () => {
      for (let index = 1; index <= 6; index++) {
        await stream.append(`${run.root}.log.${index % 2 ? 'a' : 'b'}`, bytes(`${index}`));
      }
      await stream.trimBefore(0);
      await stream.trimBefore(1);
      expect(await stream.state()).toMatchObject({ firstSequence: 1, lastSequence: 6 });
      await stream.trimBefore(4);
      await stream.trimBefore(3);
      expect(await stream.state()).toMatchObject({ firstSequence: 4, lastSequence: 6 });
      const left = await gather(stream.scan(`${run.root}.log.*`, 1, Infinity));
      expect(left.map(({ sequence, data }) => `${sequence} ${textOf(data)}`)).toEqual(['4 4', '5 5', '6 6']);
      const expected = { expectedLastSubjectSequence: 5 };
      expect(await stream.append(`${run.root}.log.a`, bytes('7'), expected)).toMatchObject({ sequence: 7 });
      await stream.trimBefore(100);
      expect(await stream.state()).toMatchObject({ firstSequence: 8, lastSequence: 7 });
    });

    it('say what they had at a time', async () => {
      expect(await stream.sequenceAt(Date.now() + 60_000)).toBe(0);
      const times: number[] = [];
      for (let index = 1; index <= 3; index++) {
        await stream.append(`${run.root}.log.${index === 2 ? 'b' : 'a'}`, bytes('x'));
        times.push((await stream.get(index))?.storedAtMs ?? 0);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(await Promise.all(times.map((timeMs) => stream.sequenceAt(timeMs)))).toEqual([1, 2, 3]);
      expect(await Promise.all(times.map((timeMs) => stream.sequenceAt(timeMs - 1)))).toEqual([0, 1, 2]);
      expect(await stream.sequenceAt(Date.now() + 60_000)).toBe(3);
      expect(await stream.sequenceAt(0)).toBe(0);
    });

    it('have names of up to 64 characters', async () => {
      const name = `${run.root.toUpperCase()}-`.padEnd(64, 'X');
      const long = await run.one.stream({ name, subjects: [`${run.root}.long.*`] });
      expect((await long.append(`${run.root}.long.a`, bytes('x'))).sequence).toBe(1);
      await expect(run.one.stream({ name: `${name}X`, subjects: ['x.y'] })).rejects.toMatchObject({
        code: 'broker-invalid-subject',
      });
    });

    it('refuse what can never be', async () => {
      const refusal = { code: 'broker-invalid-subject' };
      await expect(run.one.stream({ name: 'lower', subjects: ['a.b'] })).rejects.toMatchObject(refusal);
      await expect(run.one.stream({ name: 'UPPER', subjects: ['a b'] })).rejects.toMatchObject(refusal);
      const republish = { from: 'a.*', to: 'b.*.*' };
      await expect(run.one.stream({ name: 'UPPER', subjects: ['a.*'], republish })).rejects.toMatchObject(refusal);
      await expect(stream.append(`${run.root}.log.*`, bytes('x'))).rejects.toMatchObject(refusal);
    });
  });
}

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
