import { MemoryBus, subjectOf } from '@app/broker';
import { describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { encodeMessage } from '@app/wire';
import { isInstanceId, MEMBERS_MAX } from '@app/world';
import fc from 'fast-check';
import { BrokerMemberDirectory } from './member-directory.js';

const heartbeat = fc
  .record({
    instanceId: fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.string()),
    role: fc.constantFrom('gateway', 'messaging', ''),
    epochMs: fc.nat(3),
    state: fc.nat(6),
    load: fc.float(),
    sessions: fc.nat(),
  })
  .map((fields) => encodeMessage('MemberHeartbeat', fields));

describe('MemberDirectory, whatever it hears', () => {
  it('lists bounded, well-named, READY members only, each once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(heartbeat, fc.uint8Array({ maxLength: 60 })), { maxLength: 60 }),
        async (payloads) => {
          const clock = new SimClock();
          const broker = new MemoryBus({ clock }).connect();
          const directory = new BrokerMemberDirectory(broker, clock);
          directory.start();
          for (const payload of payloads) {
            broker.publish(subjectOf('member', { who: 'x' }), payload);
            await clock.advanceAsync(10);
          }
          const names = directory.live('gateway').map(({ instanceId }) => instanceId);
          expect(names).toEqual([...new Set(names)].sort());
          expect(names.every(isInstanceId)).toBe(true);
          expect(directory.live('gateway').every(({ state }) => state === 2)).toBe(true);
          expect(directory.all().length).toBeLessThanOrEqual(MEMBERS_MAX);
          directory.stop();
        },
      ),
      { numRuns: 50 },
    );
  });
});
