import { describe, expect, it } from '@jest/globals';
import type { Broker, BrokerMessage, BrokerStatus } from './broker.js';
import { bytes, type ContractRun, eventually, textOf, textsOf, WAIT_MS } from './run.contract.js';

/** Events, handlers, requests, and how a connection ends. */
export function describeMessaging(run: ContractRun): void {
  describe('events', () => {
    it('reach every subscriber in the order in which they were published', async () => {
      const seen = [run.collect(run.one, `${run.root}.a`), run.collect(run.two, `${run.root}.a`)];
      await run.settle();
      const sent = Array.from({ length: 500 }, (_, index) => String(index));
      for (const text of sent) run.one.publish(`${run.root}.a`, bytes(text));
      await run.settle();
      expect(seen.map(textsOf)).toEqual([sent, sent]);
    });

    it('arrive after publish has returned, never inside the call', async () => {
      const seen = run.collect(run.one, `${run.root}.a`);
      await run.settle();
      run.one.publish(`${run.root}.a`, bytes('x'));
      expect(seen).toEqual([]);
      await run.settle();
      expect(textsOf(seen)).toEqual(['x']);
    });

    it('match one token with * and one or more with >', async () => {
      const star = run.collect(run.two, `${run.root}.*.c`);
      const rest = run.collect(run.two, `${run.root}.>`);
      const exact = run.collect(run.two, `${run.root}.b.c`);
      await run.settle();
      for (const subject of [run.root, `${run.root}.b`, `${run.root}.b.c`, `${run.root}.b.c.d`, `${run.root}.x.c`]) {
        run.one.publish(subject, bytes('x'));
      }
      await run.settle();
      const subjects = (messages: BrokerMessage[]): string[] =>
        messages.map(({ subject }) => subject.slice(run.root.length));
      expect(subjects(star)).toEqual(['.b.c', '.x.c']);
      expect(subjects(rest)).toEqual(['.b', '.b.c', '.b.c.d', '.x.c']);
      expect(subjects(exact)).toEqual(['.b.c']);
    });

    it('go to one subscriber of each queue and to everybody outside queues', async () => {
      const queued = [
        run.collect(run.one, `${run.root}.a`, 'q'),
        run.collect(run.two, `${run.root}.a`, 'q'),
        run.collect(run.two, `${run.root}.a`, 'q'),
      ];
      const other = run.collect(run.two, `${run.root}.a`, 'other');
      const free = run.collect(run.two, `${run.root}.a`);
      await run.settle();
      for (let index = 0; index < 300; index++) run.one.publish(`${run.root}.a`, bytes(String(index)));
      await run.settle();
      const counts = queued.map((messages) => messages.length);
      expect(counts.reduce((sum, count) => sum + count)).toBe(300);
      expect(Math.min(...counts)).toBeGreaterThan(0);
      expect(new Set(queued.flatMap(textsOf)).size).toBe(300);
      expect([other.length, free.length]).toEqual([300, 300]);
    });

    it('carry the reply subject when there is one', async () => {
      const seen = run.collect(run.two, `${run.root}.a`);
      await run.settle();
      run.one.publish(`${run.root}.a`, bytes('x'));
      run.one.publish(`${run.root}.a`, bytes('y'), `${run.root}.reply`);
      await run.settle();
      expect(seen.map(({ reply }) => reply)).toEqual([undefined, `${run.root}.reply`]);
    });

    it('may be empty', async () => {
      const seen = run.collect(run.two, `${run.root}.a`);
      await run.settle();
      run.one.publish(`${run.root}.a`, new Uint8Array(0));
      await run.settle();
      expect(seen.map(({ data }) => data.length)).toEqual([0]);
    });

    it('stop at once when unsubscribed, and unsubscribing twice is harmless', async () => {
      const seen: string[] = [];
      const subscription = run.two.subscribe(`${run.root}.a`, () => {
        seen.push('x');
        subscription.unsubscribe();
      });
      await run.settle();
      for (let index = 0; index < 10; index++) run.one.publish(`${run.root}.a`, bytes('x'));
      await run.settle();
      subscription.unsubscribe();
      expect(seen).toEqual(['x']);
    });

    it('refuse subjects that cannot be published or subscribed to', () => {
      for (const subject of ['', 'a..b', '.a', 'a.', 'a b', 'a\r\nPUB x 0', 'a.*', 'a.>']) {
        expect(() => run.one.publish(subject, bytes('x'))).toThrow(
          expect.objectContaining({ code: 'broker-invalid-subject' }),
        );
      }
      for (const subject of ['', 'a..b', 'a b', 'a.>.b', 'a\n']) {
        expect(() => run.one.subscribe(subject, () => undefined)).toThrow(
          expect.objectContaining({ code: 'broker-invalid-subject' }),
        );
      }
    });

    it('are dropped and reported when they are more bytes than the broker takes, and the connection lives on', async () => {
      const seen = run.collect(run.two, `${run.root}.a`);
      await run.settle();
      const tooMuch = new Uint8Array(2_000_000);
      const refusal = { code: 'broker-payload-too-large' };
      const statuses: BrokerStatus[] = [];
      run.one.onStatus((status) => statuses.push(status));
      run.one.publish(`${run.root}.a`, tooMuch);
      run.one.publish(`${run.root}.a`, tooMuch);
      expect(run.one.counters.publishedDropped).toBe(2);
      expect(statuses).toEqual([{ type: 'error', error: expect.objectContaining(refusal) }]);
      await expect(run.one.request(`${run.root}.a`, tooMuch, { timeoutMs: 500 })).rejects.toMatchObject(refusal);
      run.one.publish(`${run.root}.a`, bytes('small'));
      await run.settle();
      expect(textsOf(seen)).toEqual(['small']);
    });
  });

  describe('handlers', () => {
    it.each(['throws', 'rejects'])('that %s are counted and reported, and get the next message', async (how) => {
      const statuses: BrokerStatus[] = [];
      run.two.onStatus((status) => statuses.push(status));
      const seen: (string | undefined)[] = [];
      run.two.subscribe(`${run.root}.a`, (message) => {
        seen.push(textOf(message.data));
        if (how === 'throws') throw new Error('handler failed');
        return Promise.reject(new Error('handler failed')) as unknown as void;
      });
      const neighbour = run.collect(run.two, `${run.root}.a`);
      await run.settle();
      for (const text of ['1', '2', '3']) run.one.publish(`${run.root}.a`, bytes(text));
      await run.settle();
      expect(seen).toEqual(['1', '2', '3']);
      expect(textsOf(neighbour)).toEqual(['1', '2', '3']);
      expect(run.two.counters.handlersFailed).toBe(3);
      expect(run.two.counters.delivered).toBe(6);
      // One report a second is enough for a log.
      expect(statuses).toEqual([
        { type: 'handler-failed', subject: `${run.root}.a`, error: new Error('handler failed') },
      ]);
    });

    it('that never finish are bounded: what is too much is dropped and reported', async () => {
      const statuses: BrokerStatus[] = [];
      run.two.onStatus((status) => statuses.push(status));
      let calls = 0;
      run.two.subscribe(`${run.root}.a`, () => {
        calls++;
        return new Promise<void>(() => undefined) as unknown as void;
      });
      await run.settle();
      for (let index = 0; index < 5_000; index++) run.one.publish(`${run.root}.a`, bytes('x'));
      await run.settle();
      expect(calls).toBe(4_096);
      expect(run.two.counters.deliveredDropped).toBe(5_000 - 4_096);
      expect(statuses).toEqual([{ type: 'slow-consumer', subject: `${run.root}.a` }]);
    });
  });

  describe('requests', () => {
    const serve = (broker: Broker, subject: string, queue?: string): void => {
      broker.subscribe(
        subject,
        ({ data, reply }) => {
          if (reply) broker.publish(reply, bytes(`re: ${textOf(data)}`));
        },
        { queue },
      );
    };

    it('get the answer', async () => {
      serve(run.two, `${run.root}.q`);
      await run.settle();
      const answers = await Promise.all(
        ['a', 'b'].map((text) => run.one.request(`${run.root}.q`, bytes(text), { timeoutMs: WAIT_MS })),
      );
      expect(answers.map(textOf)).toEqual(['re: a', 're: b']);
    });

    it('fail at once when nobody listens', async () => {
      const startMs = Date.now();
      await expect(run.one.request(`${run.root}.q`, bytes('x'), { timeoutMs: WAIT_MS })).rejects.toMatchObject({
        code: 'broker-no-responders',
        retryable: true,
      });
      expect(Date.now() - startMs).toBeLessThan(WAIT_MS / 2);
    });

    it('fail when the answer takes too long', async () => {
      run.two.subscribe(`${run.root}.q`, () => undefined);
      await run.settle();
      await expect(run.one.request(`${run.root}.q`, bytes('x'), { timeoutMs: 50 })).rejects.toMatchObject({
        code: 'broker-timeout',
      });
    });

    it('to many collect what comes in time', async () => {
      serve(run.one, `${run.root}.q`);
      serve(run.two, `${run.root}.q`);
      await run.settle();
      const answers = await run.one.requestMany(`${run.root}.q`, bytes('x'), { timeoutMs: 500, repliesMax: 10 });
      expect(answers.map(textOf)).toEqual(['re: x', 're: x']);
    });

    it('to many stop waiting when they have enough', async () => {
      serve(run.one, `${run.root}.q`);
      serve(run.two, `${run.root}.q`);
      await run.settle();
      const startMs = Date.now();
      const answers = await run.one.requestMany(`${run.root}.q`, bytes('x'), { timeoutMs: WAIT_MS, repliesMax: 2 });
      expect(answers).toHaveLength(2);
      expect(Date.now() - startMs).toBeLessThan(WAIT_MS / 2);
    });

    it('to many get an empty list when nobody listens', async () => {
      const startMs = Date.now();
      expect(await run.one.requestMany(`${run.root}.q`, bytes('x'), { timeoutMs: WAIT_MS, repliesMax: 2 })).toEqual([]);
      expect(Date.now() - startMs).toBeLessThan(WAIT_MS / 2);
    });
  });

  describe('ending', () => {
    it('drains: takes nothing new, lets handlers finish and sends their answers', async () => {
      const served: string[] = [];
      run.two.subscribe(`${run.root}.q`, (async (message: BrokerMessage) => {
        const text = textOf(message.data) ?? '';
        const { reply } = message;
        await new Promise((resolve) => setTimeout(resolve, 50));
        served.push(text);
        if (reply) run.two.publish(reply, bytes(`re: ${text}`));
      }) as (message: BrokerMessage) => void);
      await run.settle();
      const answer = run.one.request(`${run.root}.q`, bytes('x'), { timeoutMs: WAIT_MS });
      await run.settle();
      await run.two.drain();
      expect(textOf(await answer)).toBe('re: x');
      expect(served).toEqual(['x']);
      await expect(run.one.request(`${run.root}.q`, bytes('y'), { timeoutMs: WAIT_MS })).rejects.toMatchObject({
        code: 'broker-no-responders',
      });
    });

    it('drains although a subscription was ended just before', async () => {
      const finished: string[] = [];
      const ended = run.two.subscribe(`${run.root}.b`, () => undefined);
      run.two.subscribe(`${run.root}.a`, (async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        finished.push('x');
      }) as () => void);
      await run.settle();
      run.one.publish(`${run.root}.a`, bytes('x'));
      await run.settle();
      ended.unsubscribe();
      await run.two.drain();
      expect(finished).toEqual(['x']);
    });

    it('drains what was published just before', async () => {
      const seen = run.collect(run.two, `${run.root}.a`);
      await run.settle();
      for (let index = 0; index < 100; index++) run.one.publish(`${run.root}.a`, bytes(String(index)));
      await run.one.drain();
      await run.two.flush();
      expect(seen).toHaveLength(100);
    });

    it('drains once: a second call returns the same promise', async () => {
      const first = run.one.drain();
      expect(run.one.drain()).toBe(first);
      await first;
      expect(run.one.isConnected).toBe(false);
      await run.one.drain();
      await run.one.close();
    });

    it('closes at once, also while draining, and closing twice is harmless', async () => {
      run.one.subscribe(`${run.root}.a`, () => new Promise<void>(() => undefined) as unknown as void);
      await run.settle();
      run.two.publish(`${run.root}.a`, bytes('x'));
      await run.settle();
      const drained = run.one.drain();
      await run.one.close();
      await drained;
      await run.one.close();
      expect(run.one.isConnected).toBe(false);
    });

    it('fails what waits when it closes, and what comes after', async () => {
      run.two.subscribe(`${run.root}.q`, () => undefined);
      await run.settle();
      const waiting = run.one.request(`${run.root}.q`, bytes('x'), { timeoutMs: WAIT_MS });
      const failed = expect(waiting).rejects.toMatchObject({ code: 'broker-disconnected' });
      await run.one.close();
      await failed;
      const gone = { code: 'broker-disconnected' };
      await expect(run.one.request(`${run.root}.q`, bytes('x'), { timeoutMs: 100 })).rejects.toMatchObject(gone);
      await expect(
        run.one.requestMany(`${run.root}.q`, bytes('x'), { timeoutMs: 100, repliesMax: 1 }),
      ).rejects.toMatchObject(gone);
      await expect(run.one.flush()).rejects.toMatchObject(gone);
      await expect(run.one.keyValue(`${run.root}-b`)).rejects.toMatchObject(gone);
      expect(() => run.one.subscribe(`${run.root}.a`, () => undefined)).toThrow(expect.objectContaining(gone));
      run.one.publish(`${run.root}.a`, bytes('x'));
      expect(run.one.counters.publishedDropped).toBe(1);
    });

    it('tells that it closed, once', async () => {
      const statuses: BrokerStatus[] = [];
      run.one.onStatus((status) => statuses.push(status));
      const deaf = run.one.onStatus(() => statuses.push({ type: 'connected' }));
      deaf.unsubscribe();
      run.one.onStatus(() => {
        throw new Error('a listener that fails');
      });
      await run.one.close();
      await run.one.close();
      await eventually('closed is told', () => statuses.length > 0);
      expect(statuses).toEqual([{ type: 'closed' }]);
    });
  });
}
