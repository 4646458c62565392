import { describe, expect, it } from '@jest/globals';
import { SeededRandom, SimClock } from '@app/testing';
import { Connection, type ConnectionOwner, MessagePosition } from '../index.js';
import { messageParts } from './datagrams.js';
import { MessageOutlet } from './message-outlet.js';
import { headerFault, nlHeaderBytes } from './nl-header.js';
import { PacketType } from './packet-types.js';

const IDENTITY = { localId: 7 };
const noise = (count: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => (Math.imul(index + 1, 2_654_435_761 + 2 * seed) >>> 13) & 0xff);

/** Two ends, between which every tenth datagram is lost. */
function connect(far: Partial<ConnectionOwner>) {
  const clock = new SimClock();
  const random = new SeededRandom(5);
  const ends: Connection[] = [];
  const make = (other: number, owner: Partial<ConnectionOwner>): Connection =>
    new Connection(
      {
        transmit: (datagram) => {
          const copy = datagram.slice();
          if (random.next() >= 0.1) clock.after(10, () => ends[other].receive(copy, clock.nowMs()));
        },
        admit: (packet) => (headerFault(packet) ? -1 : nlHeaderBytes(packet[0])),
        deliver: () => undefined,
        onSendingRestarted: () => undefined,
        ...owner,
      },
      () => random.nextUint32() & 0x7ff_ffff,
    );
  ends.push(make(1, {}), make(0, far));
  clock.every(10, () => ends.forEach((end) => end.tick(clock.nowMs())));
  return { clock, near: ends[0] };
}

describe('a message that is sent in pieces', () => {
  it('arrives as one, beside others that are sent meanwhile', () => {
    const heard: Uint8Array[] = [];
    const { clock, near } = connect({ deliver: (packet, offset) => heard.push(packet.slice(offset)) });
    const files = [noise(100_000, 1), noise(60_001, 2), noise(10, 3)];
    const outlets = files.map((bytes) => ({
      bytes,
      at: 0,
      outlet: new MessageOutlet(near, PacketType.AssetGetReply, IDENTITY),
    }));
    clock.every(10, () => {
      for (const file of outlets) {
        while (file.at < file.bytes.length && near.pendingCount < 40) {
          const piece = file.bytes.subarray(file.at, file.at + file.outlet.pieceBytes);
          const isLast = file.at + piece.length === file.bytes.length;
          expect(file.outlet.send(piece, isLast, clock.nowMs())).toBe(true);
          file.at += piece.length;
          if (file.at % 3 === 0)
            near.sendMessage(messageParts(PacketType.AssetGetReply, IDENTITY, noise(5, 9)), clock.nowMs());
        }
      }
    });
    clock.advance(20_000);
    const largest = heard.filter(({ length }) => length !== 5);
    for (const bytes of files) expect(largest.some((message) => Buffer.from(message).equals(bytes))).toBe(true);
    expect(largest).toHaveLength(3);
    expect(heard.length).toBeGreaterThan(3);
  });

  it('can be taken in pieces, while others are put together', () => {
    const pieces: Uint8Array[] = [];
    const heard: number[] = [];
    let ended = 0;
    const { clock, near } = connect({
      takePart: (part, packet, offset) => {
        if (packet[0] !== PacketType.AssetUpload) return false;
        expect(part.part).toBe(pieces.length);
        pieces.push(packet.slice(offset));
        if (part.position === MessagePosition.Last) ended++;
        return true;
      },
      deliver: (packet) => heard.push(packet[0]),
    });
    const file = noise(500_000, 1);
    expect(near.sendMessage(messageParts(PacketType.AssetUpload, IDENTITY, file), clock.nowMs())).toBe(true);
    expect(near.sendMessage(messageParts(PacketType.AssetGetReply, IDENTITY, noise(5_000, 2)), clock.nowMs())).toBe(
      true,
    );
    clock.advance(60_000);
    expect(Buffer.concat(pieces).equals(file)).toBe(true);
    expect([ended, heard]).toEqual([1, [PacketType.AssetGetReply]]);
  });

  it('waits when too much is under way', () => {
    const { near } = connect({});
    const outlet = new MessageOutlet(near, PacketType.AssetGetReply, IDENTITY);
    let sent = 0;
    while (outlet.send(noise(10, 1), false, 0)) sent++;
    expect(sent).toBe(1_024);
  });
});
