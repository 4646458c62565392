import { describe, expect, it } from '@jest/globals';
import { SeededRandom, SimClock } from '@app/testing';
import fc from 'fast-check';
import { headerFault, nlHeaderBytes } from '../packets/nl-header.js';
import { datagramOf, messageParts } from '../packets/datagrams.js';
import { PacketType } from '../packets/packet-types.js';
import { Connection } from './connection.js';

interface Weather {
  readonly lossShare: number;
  readonly copyShare: number;
  readonly delayMs: number;
  /** Up to this much more, each packet by itself: they overtake each other. */
  readonly jitterMs: number;
}

const IDENTITY = { localId: 7 };

/** Two ends, and a network that loses, copies, delays and reorders. */
class Link {
  readonly clock = new SimClock();
  readonly left: End;
  readonly right: End;
  datagramCount = 0;

  constructor(
    private readonly weather: Weather,
    readonly random: SeededRandom,
  ) {
    this.left = new End(this, () => this.right);
    this.right = new End(this, () => this.left);
    this.clock.every(5, () => {
      this.left.tick();
      this.right.tick();
    });
  }

  carry(datagram: Uint8Array, to: () => End): void {
    this.datagramCount++;
    const { lossShare, copyShare, delayMs, jitterMs } = this.weather;
    const copies = this.random.next() < copyShare ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (this.random.next() < lossShare) continue;
      const bytes = datagram.slice();
      this.clock.after(delayMs + this.random.next() * jitterMs, () => to().receive(bytes));
    }
  }
}

class End {
  readonly heard: number[] = [];
  readonly connection: Connection;
  private said = 0;

  constructor(
    private readonly link: Link,
    other: () => End,
  ) {
    this.connection = new Connection(
      {
        transmit: (datagram) => link.carry(datagram, other),
        admit: (packet) => (headerFault(packet) ? -1 : nlHeaderBytes(packet[0])),
        deliver: (packet, payloadOffset) => this.heard.push(checked(packet.subarray(payloadOffset))),
        onSendingRestarted: () => {
          throw new Error('nobody began anew');
        },
      },
      () => link.random.nextUint32() & 0x7ff_ffff,
    );
  }

  receive(datagram: Uint8Array): void {
    this.connection.receive(datagram, this.link.clock.nowMs());
  }

  tick(): void {
    this.connection.tick(this.link.clock.nowMs());
  }

  /** Says the next number, in a packet or in a message of that many bytes. False: too much is under way. */
  say(bytes: number): boolean {
    const payload = new Uint8Array(Math.max(4, bytes)).fill(this.said & 0xff, 4);
    new DataView(payload.buffer).setUint32(0, this.said);
    const nowMs = this.link.clock.nowMs();
    const isTaken =
      bytes <= 1_000
        ? this.connection.sendReliable(
            datagramOf(PacketType.AssetGet, IDENTITY, (writer) => writer.bytes(payload, 'all')),
            nowMs,
          )
        : this.connection.sendMessage(messageParts(PacketType.MessagesData, IDENTITY, payload), nowMs);
    if (isTaken) this.said++;
    return isTaken;
  }

  get saidCount(): number {
    return this.said;
  }
}

/** The number that a packet or message says; every other byte must be its last one. */
function checked(payload: Uint8Array): number {
  const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
  for (let i = 4; i < payload.length; i++) if (payload[i] !== (number & 0xff)) throw new Error('bytes have changed');
  return number;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a bad network', () => {
  it('delivers every reliable message once and in order: an hour, 5 % lost, 50 ms of jitter', () => {
    const link = new Link({ lossShare: 0.05, copyShare: 0.02, delayMs: 20, jitterMs: 50 }, new SeededRandom(41));
    const { clock, random, left, right } = link;
    clock.every(100, () => left.say(random.nextInteger(4, 600)));
    clock.every(1_000, () => left.say(random.nextInteger(1_001, 12_000)));
    clock.every(400, () => right.say(random.nextInteger(4, 600)));
    clock.every(60_000, () => right.say(100_000));
    clock.advance(3_600_000);
    expect(left.saidCount).toBeGreaterThan(39_000);
    expect(left.connection.pendingCount).toBeLessThan(64);
    const [saidLeft, saidRight] = [left.saidCount, right.saidCount];
    clock.advance(0);
    // What is still under way arrives, too.
    for (let waited = 0; waited < 60 && left.connection.pendingCount + right.connection.pendingCount > 0; waited++) {
      clock.advance(250);
    }
    expect(right.heard.slice(0, saidLeft)).toEqual(upTo(saidLeft));
    expect(left.heard.slice(0, saidRight)).toEqual(upTo(saidRight));
  }, 60_000);

  it('delivers every reliable message once and in order, whatever the weather', () => {
    const weather = fc.record({
      lossShare: fc.double({ min: 0, max: 0.4, noNaN: true }),
      copyShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
      delayMs: fc.nat(300),
      jitterMs: fc.nat(400),
    });
    const sizes = fc.array(fc.integer({ min: 4, max: 6_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(weather, fc.nat(), sizes, sizes, (conditions, seed, toRight, toLeft) => {
        const link = new Link(conditions, new SeededRandom(seed));
        for (const bytes of toRight) link.left.say(bytes);
        for (const bytes of toLeft) link.right.say(bytes);
        for (let waited = 0; waited < 2_000; waited++) {
          if (link.left.connection.pendingCount + link.right.connection.pendingCount === 0) break;
          link.clock.advance(250);
        }
        expect(link.right.heard).toEqual(upTo(toRight.length));
        expect(link.left.heard).toEqual(upTo(toLeft.length));
        expect([link.left.connection.dueMs, link.right.connection.dueMs]).toEqual([Infinity, Infinity]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('gives up nothing when the other end is silent for a minute, and does not flood it', () => {
    const link = new Link({ lossShare: 0, copyShare: 0, delayMs: 5, jitterMs: 0 }, new SeededRandom(1));
    link.left.say(10);
    link.clock.advance(1_000);
    const silent = new Link({ lossShare: 1, copyShare: 0, delayMs: 5, jitterMs: 0 }, new SeededRandom(1));
    silent.left.say(10);
    silent.clock.advance(60_000);
    // A handshake of 8 bytes every 100 ms, and after five seconds every second, until the owner drops the connection.
    expect(silent.datagramCount).toBe(50 + 55);
    expect(link.right.heard).toEqual([0]);
  });
});
