import { beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '@app/clock';
import { SimClock } from '@app/testing';
import { ACTOR_MAILBOX_MAX, CodedError } from '@app/world';
import type { CrashReport } from './actor-cell.js';
import type { ActorContext } from './actor-context.js';
import type { ActorHandle } from './actor-ref.js';
import { ActorSystem } from './actor-system.js';
import { type Behavior, Later, type StopReason } from './behavior.js';

const SOON = { timeoutMs: 1_000 };

/** A promise and the way to settle it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

let clock: SimClock;
let system: ActorSystem;
let crashes: CrashReport[];
beforeEach(() => {
  clock = new SimClock();
  system = new ActorSystem(clock);
  crashes = [];
  system.onCrash((report) => crashes.push(report));
});
const settle = (durationMs = 0): Promise<void> => clock.advanceAsync(durationMs);

describe('an actor', () => {
  it('answers with what its behavior returns, now or as a promise', async () => {
    const ref = system.spawn<number, number>('double', () => ({
      receive: (value) => (value % 2 ? value * 2 : Promise.resolve(value * 2)),
    }));
    expect(await Promise.all([1, 2, 3].map((value) => ref.ask(value, SOON)))).toEqual([2, 4, 6]);
    expect(ref.path).toBe('double');
    expect(clock.pendingCount).toBe(0);
  });

  it('handles nothing inside the call that sends', async () => {
    const seen: string[] = [];
    const ref = system.spawn<string>('a', () => ({ receive: (message) => void seen.push(message) }));
    await settle();
    ref.tell('x');
    expect(seen).toEqual([]);
    await settle();
    expect(seen).toEqual(['x']);
  });

  it('handles one message at a time, in order, also when each takes a while', async () => {
    const log: string[] = [];
    const ref = system.spawn<number>('a', () => ({
      receive: async (message, { clock: time }) => {
        log.push(`begin ${message}`);
        await new Promise<void>((resolve) => time.after(10 - message, resolve));
        log.push(`end ${message}`);
      },
    }));
    for (const message of [1, 2, 3]) ref.tell(message);
    await settle(100);
    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  it('lets messages wait until it has started', async () => {
    const { opened, open } = gate();
    const ref = system.spawn<string, string>('a', () => ({ started: () => opened, receive: (message) => message }));
    const answer = ref.ask('x', SOON);
    await settle(10);
    expect(system.dump()).toMatchObject([{ state: 'starting', queued: 1 }]);
    open();
    expect(await answer).toBe('x');
  });

  it('gives later answers without holding up the next message', async () => {
    const { opened, open } = gate();
    const ref = system.spawn<number, number>('a', () => ({
      receive: (message) => (message === 1 ? new Later(opened.then(() => 1)) : message),
    }));
    const slow = ref.ask(1, SOON);
    expect(await ref.ask(2, SOON)).toBe(2);
    expect(system.dump()).toMatchObject([{ unanswered: 1 }]);
    open();
    expect(await slow).toBe(1);
  });

  it('leaves room for others in an endless conversation', async () => {
    const real = new ActorSystem(new SystemClock());
    let count = 0;
    const talker = real.spawn<string>('talker', () => ({
      receive: (message, { self }) => {
        count++;
        self.tell(message);
      },
    }));
    talker.tell('on and on');
    await new Promise((resolve) => setImmediate(resolve));
    expect(count).toBeGreaterThan(0);
    await talker.stop();
    expect(real.dump()).toEqual([]);
  });
});

describe('a mailbox that is full', () => {
  const stuck = (): Behavior<string> => ({ receive: () => new Promise(() => undefined) });

  it('refuses, and tells whoever asks; system messages still pass', async () => {
    const ref = system.spawn<string>('a', stuck, { mailboxMax: 2 });
    await settle();
    ref.tell('in work');
    await settle();
    expect(['1', '2', '3'].map((message) => ref.tell(message))).toEqual([true, true, false]);
    await expect(ref.ask('4', SOON)).rejects.toMatchObject({ code: 'actor-mailbox-full', retryable: true });
    expect(system.deadLetters.count).toBe(2);
    expect(system.deadLetters.recent()[0]).toEqual({ path: 'a', code: 'actor-mailbox-full', kind: 'string' });
  });

  it('counts answers that are still to come', async () => {
    const ref = system.spawn<string>('a', () => ({ receive: () => new Later(new Promise<void>(() => undefined)) }), {
      mailboxMax: 3,
    });
    for (let index = 0; index < 3; index++) {
      expect(ref.tell('x')).toBe(true);
      await settle();
    }
    expect(ref.tell('x')).toBe(false);
  });

  it('is never larger than the limit of the house', async () => {
    const ref = system.spawn<string>('a', stuck, { mailboxMax: 1e9 });
    await settle();
    for (let index = 0; index < ACTOR_MAILBOX_MAX + 10; index++) ref.tell('x');
    expect(system.dump()[0].queued).toBe(ACTOR_MAILBOX_MAX);
  });
});

describe('asking', () => {
  it('gives up when the time is over, and an answer afterwards harms nobody', async () => {
    const { opened, open } = gate();
    const ref = system.spawn<string>('a', () => ({ receive: () => opened }));
    const failed = expect(ref.ask('x', { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'actor-timeout',
      retryable: true,
    });
    await settle(60);
    await failed;
    open();
    await settle();
    expect(await Promise.race([ref.ask('y', SOON), settle(10)])).toBeUndefined();
  });

  it('gets the expected failure, which is no crash; told messages become dead letters', async () => {
    const ref = system.spawn<string, string>('a', () => ({
      receive: (message) => {
        if (message === 'ok') return 'fine';
        throw new CodedError('edit-invalid', 'Not like this.');
      },
    }));
    await expect(ref.ask('x', SOON)).rejects.toMatchObject({ code: 'edit-invalid' });
    ref.tell('y');
    expect(await ref.ask('ok', SOON)).toBe('fine');
    expect(system.deadLetters.recent()).toEqual([{ path: 'a', code: 'edit-invalid', kind: 'string' }]);
    expect(crashes).toEqual([]);
  });
});

describe('a crash', () => {
  /** Adds up; crashes at 0. */
  const counter = (log: string[], life: { number: number }): Behavior<number, number> => {
    const number = ++life.number;
    let sum = 0;
    return {
      started: () => void log.push(`started ${number}`),
      receive: (message) => {
        if (message === 0) throw new Error('zero');
        return (sum += message);
      },
      stopped: ({ code }) => void log.push(`stopped ${number}: ${code}`),
    };
  };

  it('costs the state and the message, not those that wait', async () => {
    const log: string[] = [];
    const life = { number: 0 };
    const ref = system.spawn('a', () => counter(log, life));
    expect(await ref.ask(5, SOON)).toBe(5);
    const failed = expect(ref.ask(0, SOON)).rejects.toMatchObject({ code: 'actor-crashed', retryable: false });
    const next = ref.ask(7, SOON);
    await settle(99);
    await failed;
    expect(log).toEqual(['started 1', 'stopped 1: crash']);
    expect(system.dump()).toMatchObject([{ state: 'restarting', queued: 1 }]);
    await settle(1);
    expect(await next).toBe(7);
    expect(log).toEqual(['started 1', 'stopped 1: crash', 'started 2']);
    expect(crashes).toEqual([{ path: 'a', error: new Error('zero'), directive: { type: 'restart', delayMs: 100 } }]);
    expect(system.dump()).toMatchObject([{ state: 'running', restarts: 1 }]);
  });

  it.each([
    ['a promise that rejects', (): Promise<never> => Promise.reject(new Error('async'))],
    ['a later answer that fails', (): Later<never> => new Later(Promise.reject(new Error('later')))],
  ])('may be %s', async (_, fail) => {
    const ref = system.spawn<string>('a', () => ({ receive: fail }));
    await expect(ref.ask('x', SOON)).rejects.toMatchObject({ code: 'actor-crashed' });
    await settle();
    expect(crashes).toHaveLength(1);
  });

  it('of a life that is over does not end the next one', async () => {
    const { opened, open } = gate();
    const ref = system.spawn<string, string>('a', () => ({
      receive: (message) => {
        if (message === 'later') return new Later(opened.then(() => Promise.reject(new Error('late'))));
        if (message === 'crash') throw new Error('now');
        return message;
      },
    }));
    ref.tell('later');
    ref.tell('crash');
    await settle(200);
    open();
    await settle(200);
    expect(crashes).toHaveLength(1);
    expect(await ref.ask('alive', SOON)).toBe('alive');
  });

  it('again and again stops it for good, and tells its parent', async () => {
    const told: string[] = [];
    let child!: ActorHandle<string>;
    system.spawn('parent', () => ({
      started: (context) => {
        child = context.spawn<string>(
          'child',
          () => ({
            receive: () => {
              throw new Error('always');
            },
          }),
          { restart: { restartsMax: 2, windowMs: 10_000, delayMs: 10, delayMsMax: 10 } },
        );
      },
      receive: () => undefined,
      childStopped: ({ path }, reason) => void told.push(`${path}: ${reason.code}`),
    }));
    await settle();
    for (let index = 0; index < 5; index++) child.tell('x');
    await settle(100);
    expect(crashes.map(({ directive }) => directive.type)).toEqual(['restart', 'restart', 'stop']);
    expect(told).toEqual(['parent/child: crash']);
    await expect(child.ask('x', SOON)).rejects.toMatchObject({ code: 'actor-stopped' });
    expect(system.dump()).toMatchObject([{ path: 'parent', state: 'running', children: [] }]);
  });

  it('at the start counts like any other, so that what is not there yet is waited for', async () => {
    let attempts = 0;
    const ref = system.spawn<string, string>('a', () => ({
      started: () => {
        if (++attempts < 3) throw new CodedError('broker-unavailable', 'Not yet.', true);
      },
      receive: (message) => message,
    }));
    const answer = ref.ask('x', SOON);
    await settle(300);
    expect(await answer).toBe('x');
    expect(attempts).toBe(3);
  });

  it('stops the children of this life, which the next one makes again', async () => {
    const log: string[] = [];
    const ref = system.spawn<string>('a', () => ({
      started: (context) => {
        context.spawn('child', () => ({
          started: () => void log.push('child started'),
          receive: () => undefined,
          stopped: () => void log.push('child stopped'),
        }));
      },
      receive: () => {
        throw new Error('x');
      },
      childStopped: () => void log.push('told'),
    }));
    ref.tell('x');
    await settle(200);
    expect(log).toEqual(['child started', 'child stopped', 'child started']);
  });

  it('while it stops is reported and keeps nothing from stopping', async () => {
    const ref = system.spawn<string>('a', () => ({
      receive: () => undefined,
      stopped: () => {
        throw new Error('at the end');
      },
    }));
    await ref.stop();
    expect(crashes).toHaveLength(1);
    expect(system.dump()).toEqual([]);
  });
});

describe('stopping', () => {
  const collector = (seen: string[], reasons: StopReason[] = []): (() => Behavior<string>) => {
    return () => ({
      receive: async (message) => {
        await Promise.resolve();
        seen.push(message);
      },
      stopped: (reason) => void reasons.push(reason),
    });
  };

  it('now finishes the message it is at and refuses the rest', async () => {
    const { opened, open } = gate();
    const seen: string[] = [];
    const ref = system.spawn<string>('a', () => ({
      receive: async (message) => {
        await opened;
        seen.push(message);
      },
    }));
    const first = ref.ask('1', SOON);
    const second = expect(ref.ask('2', SOON)).rejects.toMatchObject({ code: 'actor-stopped', retryable: true });
    await settle();
    const stopped = ref.stop();
    await settle(10);
    open();
    await Promise.all([first, second, stopped]);
    expect(seen).toEqual(['1']);
    expect(ref.tell('3')).toBe(false);
    expect(system.deadLetters.count).toBe(2);
  });

  it('after the queue finishes everything that it has, and takes nothing more', async () => {
    const seen: string[] = [];
    const reasons: StopReason[] = [];
    const ref = system.spawn<string>('a', collector(seen, reasons));
    for (const message of ['1', '2', '3']) ref.tell(message);
    const poisoned = ref.poison();
    expect(ref.tell('4')).toBe(false);
    await poisoned;
    expect(seen).toEqual(['1', '2', '3']);
    expect(reasons).toEqual([{ code: 'poison' }]);
  });

  it('after the queue waits for answers that come later', async () => {
    const { opened, open } = gate();
    const ref = system.spawn<string, string>('a', () => ({ receive: () => new Later(opened.then(() => 'done')) }));
    const answer = ref.ask('x', SOON);
    let isStopped = false;
    const poisoned = ref.poison().then(() => (isStopped = true));
    await settle(10);
    expect(isStopped).toBe(false);
    open();
    expect(await answer).toBe('done');
    await poisoned;
  });

  it('twice, or after the end, is harmless', async () => {
    const reasons: StopReason[] = [];
    const ref = system.spawn<string>('a', collector([], reasons));
    await Promise.all([ref.stop(), ref.poison(), ref.stop()]);
    await ref.poison();
    await ref.stop();
    expect(reasons).toEqual([{ code: 'stop' }]);
  });

  it('ends the pause after a crash', async () => {
    const ref = system.spawn<string>('a', () => ({
      receive: () => {
        throw new Error('x');
      },
    }));
    ref.tell('x');
    await settle(10);
    await ref.stop();
    expect(clock.pendingCount).toBe(0);
    expect(system.dump()).toEqual([]);
  });

  it('takes the children first, the youngest before the older ones', async () => {
    const log: string[] = [];
    const leaf = (name: string): Behavior<string> => ({
      receive: (message) => void log.push(`${name} got ${message}`),
      stopped: ({ code }) => void log.push(`${name}: ${code}`),
    });
    const spawn = async (name: string): Promise<ActorHandle<string>> => {
      const ref = system.spawn<string>(name, () => ({
        started: (context) => {
          for (const child of ['old', 'young']) context.spawn(child, () => leaf(child)).tell('x');
        },
        ...leaf(name),
      }));
      await settle();
      return ref;
    };
    await (await spawn('a')).stop();
    expect(log).toEqual(['old got x', 'young got x', 'young: stop', 'old: stop', 'a: stop']);
    log.length = 0;
    await (await spawn('b')).poison();
    expect(log.slice(2)).toEqual(['young: poison', 'old: poison', 'b: poison']);
  });

  it('can be decided by itself', async () => {
    const ref = system.spawn<string>('a', () => ({
      receive: (message, context: ActorContext<string>) => {
        if (message === 'enough') context.stop();
      },
    }));
    await ref.ask('enough', SOON);
    await settle();
    expect(system.dump()).toEqual([]);
  });
});

describe('a system', () => {
  it('refuses a name that is taken until its owner has stopped', async () => {
    const make = (): Behavior<string> => ({ receive: () => undefined });
    const ref = system.spawn('a', make);
    expect(() => system.spawn('a', make)).toThrow(expect.objectContaining({ code: 'actor-exists', retryable: true }));
    await ref.stop();
    system.spawn('a', make);
    for (const name of ['', 'a/b', 'x'.repeat(65)]) expect(() => system.spawn(name, make)).toThrow('Broken invariant');
  });

  it('has no more actors than it may, children included', async () => {
    const small = new ActorSystem(clock, 2);
    const codes: unknown[] = [];
    const ref = small.spawn<string>('a', () => ({
      receive: (message, context) => {
        try {
          context.spawn(message, () => ({ receive: () => undefined }));
        } catch (error) {
          codes.push((error as CodedError).code);
        }
      },
    }));
    await ref.ask('b', SOON);
    await ref.ask('c', SOON);
    expect(codes).toEqual(['actor-limit']);
    await ref.stop();
    small.spawn('d', () => ({ receive: () => undefined }));
    small.spawn('e', () => ({ receive: () => undefined }));
  });

  it('shuts down from the youngest to the oldest, with empty mailboxes', async () => {
    const log: string[] = [];
    const make = (name: string): Behavior<string> => ({
      receive: async (message) => {
        await Promise.resolve();
        log.push(`${name} ${message}`);
      },
      stopped: () => void log.push(`${name} stopped`),
    });
    const log1 = system.spawn('log', () => make('log'));
    const user = system.spawn<string>('user', () => ({
      receive: async (message) => {
        // The older one still answers when the younger one finishes.
        await log1.ask(message, SOON);
      },
      stopped: () => void log.push('user stopped'),
    }));
    user.tell('1');
    user.tell('2');
    expect(await system.shutdown(1_000)).toEqual([]);
    expect(log).toEqual(['log 1', 'log 2', 'user stopped', 'log stopped']);
    expect(() => system.spawn('late', () => make('late'))).toThrow(expect.objectContaining({ code: 'actor-stopped' }));
    expect(clock.pendingCount).toBe(0);
  });

  it('does not wait longer than it may, and says who was not ready', async () => {
    const stopped: string[] = [];
    system.spawn('idle', () => ({ receive: () => undefined, stopped: () => void stopped.push('idle') }));
    const stuck = system.spawn<string>('stuck', () => ({ receive: () => new Promise(() => undefined) }));
    stuck.tell('x');
    const left = system.shutdown(500);
    await settle(499);
    expect(stopped).toEqual([]);
    await settle(1);
    expect((await left).map(({ path }) => path)).toEqual(['idle', 'stuck']);
    await settle();
    expect(stopped).toEqual(['idle']);
  });
});
