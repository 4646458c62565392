import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf, VECTORS } from '../../test/vectors.js';
import { headerFault, nlHeaderBytes } from '../packets/nl-header.js';
import { datagramOf } from '../packets/datagrams.js';
import { PacketType } from '../packets/packet-types.js';
import { Connection, CONNECTION_LIMITS } from './connection.js';
import { controlPacket } from './control-packet.js';
import { writeDataHeader } from './data-header.js';

const LIMITS = { ...CONNECTION_LIMITS, waitingMax: 8, pendingBytesMax: 4_000, pendingMessagesMax: 3 };

/** Steps that a stranger can make us take, near each other so that they mean something. */
const control = fc.tuple(fc.nat(4), fc.nat(20)).map(([type, sequence]) => controlPacket(type as never, sequence));
const data = fc
  .record({
    isReliable: fc.boolean(),
    obfuscation: fc.nat(3),
    sequence: fc.nat(20),
    message: fc.option(fc.record({ position: fc.nat(3), number: fc.nat(4), part: fc.nat(4) }), { nil: undefined }),
    size: fc.nat(1_400),
  })
  .map(({ size, ...header }) => {
    const datagram = datagramOf(PacketType.MixedAudio, { localId: 1 }, (writer) => writer.zeros(size, 'all'));
    const whole = header.message ? Buffer.concat([Buffer.alloc(8), datagram]) : datagram;
    writeDataHeader(whole, header as never);
    return new Uint8Array(whole);
  });
const datagram = fc.oneof(fc.uint8Array({ maxLength: 40 }), control, data, fc.constantFrom(...VECTORS.map(bytesOf)));

describe('a connection with a stranger', () => {
  it('never fails, keeps within its bounds, and answers with less than it gets', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(datagram, fc.nat(1_000)), { maxLength: 200 }), (steps) => {
        let answered = 0;
        const connection = new Connection(
          {
            transmit: ({ length }) => (answered += length),
            admit: (packet) => (headerFault(packet) ? -1 : nlHeaderBytes(packet[0])),
            deliver: (packet, payloadOffset) => expect(payloadOffset).toBeLessThanOrEqual(packet.length),
            onSendingRestarted: () => undefined,
          },
          () => 3,
          LIMITS,
        );
        let nowMs = 0;
        for (const [bytes, waitMs] of steps) {
          const before = answered;
          connection.receive(bytes, nowMs);
          expect(answered - before).toBeLessThanOrEqual(Math.max(bytes.length, 8));
          nowMs += waitMs;
          connection.tick(nowMs);
        }
        expect(connection.pendingCount).toBe(0);
        connection.tick(nowMs + LIMITS.pendingMsMax);
        expect(connection.dueMs).toBe(Infinity);
      }),
    );
  });

  it('never fails while it sends, either', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(datagram, fc.nat(1_000)), { maxLength: 100 }), (steps) => {
        const connection = new Connection(
          {
            transmit: () => undefined,
            admit: (packet) => (headerFault(packet) ? -1 : nlHeaderBytes(packet[0])),
            deliver: () => undefined,
            onSendingRestarted: () => undefined,
          },
          () => 3,
          { ...LIMITS, queueMax: 10 },
        );
        let nowMs = 0;
        for (const [bytes, waitMs] of steps) {
          connection.sendReliable(
            datagramOf(PacketType.AssetGet, { localId: 1 }, (writer) => writer.zeros(40, 'all')),
            nowMs,
          );
          connection.receive(bytes, nowMs);
          nowMs += waitMs;
          connection.tick(nowMs);
          expect(connection.pendingCount).toBeLessThanOrEqual(10);
        }
      }),
    );
  });
});
