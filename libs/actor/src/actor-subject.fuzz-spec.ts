import { describe, expect, it } from '@jest/globals';
import { MemoryBus } from '@app/broker';
import { SystemClock } from '@app/clock';
import type { MessageFields } from '@app/wire';
import { CodedError } from '@app/world';
import fc from 'fast-check';
import { bindSubject } from './actor-subject.js';
import { ActorSystem } from './actor-system.js';
import { wireProtocol } from './subject-protocol.js';

describe('an actor on a subject, whatever is sent there', () => {
  it('answers every request with an answer or a code, and does not crash', async () => {
    const protocol = wireProtocol('PostRequest', 'PostReply');
    const bus = new MemoryBus();
    const [here, there] = [bus.connect(), bus.connect()];
    const system = new ActorSystem(new SystemClock());
    let crashes = 0;
    system.onCrash(() => crashes++);
    const actor = system.spawn<MessageFields<'PostRequest'>, MessageFields<'PostReply'>>('a', () => ({
      receive: () => ({ sequence: 1 }),
    }));
    bindSubject(there, 'a.*', actor, protocol);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (data) => {
        const answer = await here.request('a.b', data, { timeoutMs: 1_000 });
        try {
          expect(protocol.decodeAnswer(answer)).toMatchObject({ sequence: 1 });
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
          expect(error).toMatchObject({ code: 'wire-malformed' });
        }
      }),
      { numRuns: 300 },
    );
    expect(crashes).toBe(0);
  });

  it('takes only an answer for an answer', () => {
    const protocol = wireProtocol('PostRequest', 'PostReply');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (data) => {
        try {
          expect(protocol.decodeAnswer(data)).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
