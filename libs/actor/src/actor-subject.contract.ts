import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Broker, Subscription } from '@app/broker';
import type { Clock } from '@app/clock';
import type { MessageFields } from '@app/wire';
import { CodedError } from '@app/world';
import type { ActorHandle, ActorRef } from './actor-ref.js';
import { bindSubject } from './actor-subject.js';
import { ActorSystem } from './actor-system.js';
import type { Behavior } from './behavior.js';
import { type SubjectProtocol, wireProtocol } from './subject-protocol.js';
import { subjectRef } from './subject-ref.js';

/** What one implementation of the broker gives to the suite. */
export interface SubjectContractSetup {
  clock: Clock;
  /** A new connection to the same broker, as another process would have it. */
  connect(): Promise<Broker>;
}

const protocol = wireProtocol('PostRequest', 'PostReply');
type Post = MessageFields<'PostRequest'>;
type Reply = MessageFields<'PostReply'>;

/** Subjects of one test are not those of another. */
let unique = 0;
const SOON = { timeoutMs: 2_000 };

/** The promises of actor-subject.ts and subject-ref.ts, on any broker. */
export function describeSubjects(name: string, makeSetup: () => Promise<SubjectContractSetup>): void {
  describe(name, () => {
    let here: Broker;
    let there: Broker;
    let system: ActorSystem;
    let subject: string;
    let ref: ActorRef<Post, Reply>;
    const bound: Subscription[] = [];
    beforeEach(async () => {
      const setup = await makeSetup();
      [here, there] = [await setup.connect(), await setup.connect()];
      system = new ActorSystem(setup.clock);
      subject = `t.post.${++unique}`;
      ref = subjectRef(here, subject, protocol);
    });
    afterEach(async () => {
      for (const subscription of bound.splice(0)) subscription.unsubscribe();
      await Promise.all([here.close(), there.close()]);
    });
    /** An actor in the other process. */
    const serve = async (behavior: Behavior<Post, Reply>, mailboxMax?: number): Promise<ActorHandle<Post, Reply>> => {
      const actor = system.spawn<Post, Reply>('poster', () => behavior, { mailboxMax });
      bound.push(bindSubject(there, subject, actor, protocol));
      await there.flush();
      return actor;
    };
    const post = (id: string): Post => ({ deduplicationId: id });

    it('an actor elsewhere answers like one here', async () => {
      const actor = await serve({ receive: ({ deduplicationId }) => ({ sequence: Number(deduplicationId) * 2 }) });
      for (const way of [ref, actor]) expect(await way.ask(post('21'), SOON)).toMatchObject({ sequence: 42 });
      expect(ref.path).toBe(subject);
    });

    it('told messages arrive in order, one at a time', async () => {
      const seen: string[] = [];
      await serve({
        receive: async ({ deduplicationId }) => {
          await Promise.resolve();
          seen.push(deduplicationId ?? '');
          return {};
        },
      });
      for (const id of ['1', '2', '3']) expect(ref.tell(post(id))).toBe(true);
      await ref.ask(post('4'), SOON);
      expect(seen).toEqual(['1', '2', '3', '4']);
    });

    it('bytes stay valid while a message waits in the mailbox', async () => {
      const seen: string[] = [];
      await serve({
        receive: async ({ message }) => {
          await new Promise((resolve) => setImmediate(resolve));
          seen.push(Buffer.from(message?.binary ?? []).toString());
          return {};
        },
      });
      for (const text of ['first', 'second', 'third']) ref.tell({ message: { binary: Buffer.from(text) } });
      await ref.ask({}, SOON);
      expect(seen).toEqual(['first', 'second', 'third', '']);
    });

    it('refusals travel with their code, and with whether to try again', async () => {
      await serve({
        receive: () => {
          throw new CodedError('channel-invalid', 'There is no such channel.');
        },
      });
      await expect(ref.ask(post('x'), SOON)).rejects.toMatchObject({
        code: 'channel-invalid',
        message: 'There is no such channel.',
        retryable: false,
      });
    });

    it('a crash tells no details to others', async () => {
      await serve({
        receive: () => {
          throw new Error('the password is sesame');
        },
      });
      const failure = await ref.ask(post('x'), SOON).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'actor-crashed' });
      expect(String(failure)).not.toContain('sesame');
    });

    it('a full mailbox and an actor that ends refuse, and say that one may try again', async () => {
      let open!: () => void;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const actor = await serve({ receive: () => opened.then(() => ({})) }, 1);
      await there.flush();
      const first = ref.ask(post('1'), SOON);
      await here.flush();
      await there.flush();
      const second = ref.ask(post('2'), SOON);
      await here.flush();
      await there.flush();
      await expect(ref.ask(post('3'), SOON)).rejects.toMatchObject({ code: 'actor-mailbox-full', retryable: true });
      const poisoned = actor.poison();
      await expect(ref.ask(post('4'), SOON)).rejects.toMatchObject({ code: 'actor-stopped', retryable: true });
      open();
      await Promise.all([first, second, poisoned]);
    });

    it('nobody there and no answer in time are told apart', async () => {
      await expect(ref.ask(post('x'), SOON)).rejects.toMatchObject({ code: 'actor-stopped', retryable: true });
      await serve({ receive: () => new Promise(() => undefined) });
      await expect(ref.ask(post('x'), { timeoutMs: 50 })).rejects.toMatchObject({
        code: 'actor-timeout',
        retryable: true,
      });
    });

    it('what cannot be read is refused, and never reaches the behavior', async () => {
      const seen: unknown[] = [];
      await serve({
        receive: (message) => {
          seen.push(message);
          return {};
        },
      });
      const nonsense = new Uint8Array([0xff, 0xff, 0xff]);
      here.publish(subject, nonsense);
      const answer = await here.request(subject, nonsense, SOON);
      expect(() => protocol.decodeAnswer(answer)).toThrow(expect.objectContaining({ code: 'wire-malformed' }));
      expect(seen).toEqual([]);
      expect(there.counters.handlersFailed).toBe(1);
    });

    it('a pattern leads many subjects into one mailbox, and a decoder may look at the subject', async () => {
      const actor = system.spawn<string, string>('echo', () => ({ receive: (message) => message }));
      const text: SubjectProtocol<string, string> = {
        encode: (message) => Buffer.from(message),
        decode: (data, from) => `${from.split('.').at(-1)}: ${Buffer.from(data).toString()}`,
        encodeAnswer: (answer) => Buffer.from(answer),
        encodeRefusal: ({ code }) => Buffer.from(code),
        decodeAnswer: (data) => Buffer.from(data).toString(),
      };
      bound.push(bindSubject(there, `${subject}.*`, actor, text, { queue: 'echoes' }));
      await there.flush();
      const ways = ['a', 'b'].map((token) => subjectRef(here, `${subject}.${token}`, text));
      expect(await Promise.all(ways.map((way) => way.ask('hi', SOON)))).toEqual(['a: hi', 'b: hi']);
    });

    it('nothing is sent while this process is cut off', async () => {
      await here.close();
      expect(ref.tell(post('x'))).toBe(false);
      await expect(ref.ask(post('x'), SOON)).rejects.toMatchObject({ code: 'broker-disconnected', retryable: true });
    });
  });
}
