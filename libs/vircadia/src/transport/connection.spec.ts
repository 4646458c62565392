import { describe, expect, it } from '@jest/globals';
import { PacketType } from '../packets/packet-types.js';
import { headerFault, nlHeaderBytes } from '../packets/nl-header.js';
import { datagramOf, messageParts } from '../packets/datagrams.js';
import { malformed } from '../vircadia.errors.js';
import { Connection, CONNECTION_LIMITS, type ConnectionLimits } from './connection.js';
import { controlPacket, ControlType, readControlPacket } from './control-packet.js';
import { MessagePosition, readDataHeader, writeDataHeader } from './data-header.js';
import { obfuscated } from './obfuscation.js';
import { sequencePlus } from './sequence.js';

const IDENTITY = { localId: 7 };

/** A connection with everything that it does written down. */
class Bench {
  readonly sent: string[] = [];
  readonly datagrams: Uint8Array[] = [];
  readonly delivered: string[] = [];
  givenUp = 0;
  isAdmitting = true;
  isReadable = true;
  nowMs = 0;
  readonly connection: Connection;

  constructor(limits: Partial<ConnectionLimits> = {}, initial = 1_000) {
    this.connection = new Connection(
      {
        transmit: (datagram) => {
          this.datagrams.push(datagram.slice());
          this.sent.push(nameOf(datagram));
        },
        admit: (packet) => (this.isAdmitting && !headerFault(packet) ? nlHeaderBytes(packet[0]) : -1),
        deliver: (packet, payloadOffset, isReliable) => {
          if (!this.isReadable) throw malformed('text', 'It is none.');
          const text = Buffer.from(packet.subarray(payloadOffset)).toString();
          this.delivered.push(isReliable ? text : `(${text})`);
        },
        onSendingRestarted: (count) => {
          this.givenUp += count;
        },
      },
      () => initial,
      { ...CONNECTION_LIMITS, ...limits },
    );
  }

  receive(datagram: Uint8Array): string[] {
    const from = this.sent.length;
    // As a socket may do it: the same memory serves the next datagram.
    const lent = datagram.slice();
    this.connection.receive(lent, this.nowMs);
    lent.fill(0xee);
    return this.sent.slice(from);
  }

  /** Packets come in order from 100 on. */
  begin(): this {
    this.receive(controlPacket(ControlType.Handshake, 100));
    return this;
  }

  tick(nowMs: number): string[] {
    const from = this.sent.length;
    this.nowMs = nowMs;
    this.connection.tick(nowMs);
    return this.sent.slice(from);
  }

  /** Has the connection open for sending. */
  open(initial = 1_000): this {
    this.connection.sendReliable(packet('first'), this.nowMs);
    this.receive(controlPacket(ControlType.HandshakeAck, initial));
    this.receive(controlPacket(ControlType.Ack, initial));
    return this;
  }
}

function nameOf(datagram: Uint8Array): string {
  if ((datagram[3] & 0x80) === 0) return `#${readDataHeader(datagram)!.sequence}`;
  const { type, sequence } = readControlPacket(datagram)!;
  return `${['Ack', 'Handshake', 'HandshakeAck', 'HandshakeRequest'][type]} ${sequence}`;
}

function packet(text: string): Uint8Array {
  return datagramOf(PacketType.MessagesSubscribe, IDENTITY, (writer) => writer.text(text, 'text'));
}

function reliable(sequence: number, text: string): Uint8Array {
  const datagram = packet(text);
  writeDataHeader(datagram, { isReliable: true, obfuscation: 0, sequence, message: undefined });
  return datagram;
}

function part(sequence: number, number: number, index: number, position: MessagePosition, text: string): Uint8Array {
  const [datagram] = messageParts(PacketType.MessagesSubscribe, IDENTITY, Buffer.from(text));
  const message = { position, number, part: index };
  writeDataHeader(datagram, { isReliable: true, obfuscation: 0, sequence, message });
  return datagram;
}

const { First, Middle, Last, Only } = MessagePosition;

describe('a connection that receives', () => {
  it('answers a handshake, and the same again', () => {
    const bench = new Bench();
    expect(bench.receive(controlPacket(ControlType.Handshake, 100))).toEqual(['HandshakeAck 100']);
    expect(bench.receive(reliable(100, 'a'))).toEqual(['Ack 100']);
    expect(bench.receive(controlPacket(ControlType.Handshake, 100))).toEqual(['HandshakeAck 100']);
    expect(bench.receive(reliable(101, 'b'))).toEqual(['Ack 101']);
    expect(bench.delivered).toEqual(['a', 'b']);
  });

  it('asks for a handshake when there was none, and takes nothing before', () => {
    const bench = new Bench();
    expect(bench.receive(reliable(100, 'a'))).toEqual(['HandshakeRequest 0']);
    expect(bench.delivered).toEqual([]);
    expect(bench.connection.counts.withoutHandshake).toBe(1);
  });

  it('fills a gap and goes on, which the web SDK does not', () => {
    const bench = new Bench().begin();
    expect(bench.receive(reliable(101, 'b'))).toEqual(['Ack 99']);
    expect(bench.receive(reliable(102, 'c'))).toEqual(['Ack 99']);
    expect(bench.receive(reliable(100, 'a'))).toEqual(['Ack 102']);
    expect(bench.delivered).toEqual(['a', 'b', 'c']);
  });

  it('acknowledges duplicates, and delivers nothing twice', () => {
    const bench = new Bench().begin();
    bench.receive(reliable(100, 'a'));
    expect(bench.receive(reliable(100, 'a'))).toEqual(['Ack 100']);
    bench.receive(reliable(102, 'c'));
    expect(bench.receive(reliable(102, 'c'))).toEqual(['Ack 100']);
    bench.receive(reliable(101, 'b'));
    expect(bench.delivered).toEqual(['a', 'b', 'c']);
    expect(bench.connection.counts.duplicate).toBe(2);
  });

  it('lets packets far ahead be sent again later', () => {
    const bench = new Bench({ waitingMax: 2 }).begin();
    expect(bench.receive(reliable(103, 'd'))).toEqual(['Ack 99']);
    expect(bench.connection.counts.tooFar).toBe(1);
    for (const [sequence, text] of [
      [102, 'c'],
      [101, 'b'],
      [100, 'a'],
      [103, 'd'],
    ] as const) {
      bench.receive(reliable(sequence, text));
    }
    expect(bench.delivered).toEqual(['a', 'b', 'c', 'd']);
  });

  it('counts on from the largest sequence number', () => {
    const bench = new Bench();
    bench.receive(controlPacket(ControlType.Handshake, 0x7ff_fffe));
    for (const [index, text] of ['a', 'b', 'c', 'd'].entries()) {
      bench.receive(reliable(sequencePlus(0x7ff_fffe, index), text));
    }
    expect(bench.sent.at(-1)).toBe('Ack 1');
    expect(bench.delivered).toEqual(['a', 'b', 'c', 'd']);
  });

  it('forgets everything with a new handshake, but not with a late copy of the one before', () => {
    const bench = new Bench().begin();
    bench.receive(reliable(100, 'a'));
    bench.receive(part(101, 1, 0, First, 'begun '));
    bench.receive(controlPacket(ControlType.Handshake, 5_000));
    expect(bench.receive(controlPacket(ControlType.Handshake, 100))).toEqual([]);
    expect(bench.receive(reliable(5_000, 'b'))).toEqual(['Ack 5000']);
    bench.receive(part(5_001, 1, 1, Last, 'ended'));
    expect(bench.delivered).toEqual(['a', 'b']);
  });

  it.each([
    ['ahead', 4_000_000],
    ['behind', 100 - 1_000_000 + 0x800_0000],
  ])(
    'asks for a new beginning when somebody else has begun a stream in the other end’s name, %s of it',
    (_where, forged) => {
      const bench = new Bench().begin();
      bench.receive(reliable(100, 'a'));
      bench.receive(controlPacket(ControlType.Handshake, forged));
      expect(bench.receive(reliable(101, 'b'))).toEqual([]);
      bench.tick(990);
      expect(bench.receive(reliable(101, 'b'))).toEqual([]);
      bench.tick(1_000);
      expect(bench.receive(reliable(101, 'b'))).toEqual(['HandshakeRequest 0']);
      expect(bench.receive(reliable(101, 'b'))).toEqual([]);
      bench.receive(controlPacket(ControlType.Handshake, 7_000));
      expect(bench.receive(reliable(7_000, 'b'))).toEqual(['Ack 7000']);
      expect(bench.delivered).toEqual(['a', 'b']);
    },
  );

  it('asks nobody to begin anew for late copies of an old stream', () => {
    const bench = new Bench().begin();
    bench.receive(controlPacket(ControlType.Handshake, 4_000_000));
    expect(bench.receive(reliable(100, 'old'))).toEqual([]);
    expect(bench.receive(reliable(4_000_000, 'new'))).toEqual(['Ack 4000000']);
    bench.tick(1_500);
    expect(bench.receive(reliable(100, 'old'))).toEqual([]);
    expect(bench.delivered).toEqual(['new']);
  });

  it('does not mix what waits of an old stream into a new one', () => {
    const bench = new Bench().begin();
    bench.receive(reliable(102, 'old'));
    bench.receive(controlPacket(ControlType.Handshake, 101));
    expect(bench.receive(reliable(101, 'new'))).toEqual(['Ack 101']);
    expect(bench.delivered).toEqual(['new']);
  });

  it('does not acknowledge what its owner refuses', () => {
    const bench = new Bench().begin();
    bench.isAdmitting = false;
    expect(bench.receive(reliable(100, 'forged'))).toEqual([]);
    bench.isAdmitting = true;
    expect(bench.receive(reliable(100, 'genuine'))).toEqual(['Ack 100']);
    expect(bench.delivered).toEqual(['genuine']);
    expect(bench.connection.counts.refused).toBe(1);
  });

  it('reads obfuscated packets of every level', () => {
    const bench = new Bench().begin();
    for (const level of [1, 2, 3]) {
      const datagram = obfuscated(reliable(99 + level, `level ${level}`), level, 4);
      writeDataHeader(datagram, { isReliable: true, obfuscation: level, sequence: 99 + level, message: undefined });
      bench.receive(datagram);
    }
    expect(bench.delivered).toEqual(['level 1', 'level 2', 'level 3']);
  });

  it('hands over unreliable packets as they come', () => {
    const bench = new Bench();
    const sender = new Bench();
    sender.connection.sendUnreliable(packet('a'));
    sender.connection.sendUnreliable(packet('b'));
    expect(sender.sent).toEqual(['#1', '#2']);
    for (const index of [1, 0, 1]) bench.receive(sender.datagrams[index]);
    expect(bench.delivered).toEqual(['(b)', '(a)', '(b)']);
  });

  it('acknowledges what its owner cannot read, and counts it', () => {
    const bench = new Bench().begin();
    bench.isReadable = false;
    expect(bench.receive(reliable(101, 'b'))).toEqual(['Ack 99']);
    expect(bench.receive(reliable(100, 'a'))).toEqual(['Ack 101']);
    expect(bench.connection.counts.malformed).toBe(2);
  });

  it('drops what is too short, too long or no packet, and counts it', () => {
    const bench = new Bench().begin();
    const wrong = [
      new Uint8Array(0),
      new Uint8Array(3),
      new Uint8Array(1_465),
      Uint8Array.of(0, 0, 9, 0x80),
      Uint8Array.of(0, 0, 0, 0x80, 1, 2),
      Uint8Array.of(0, 0, 0, 0x60, 0, 0, 0, 0),
    ];
    for (const datagram of wrong) expect(bench.receive(datagram)).toEqual([]);
    expect(bench.connection.counts.malformed).toBe(wrong.length);
  });
});

describe('messages', () => {
  it('are put together from parts, each with its own header, among others', () => {
    const bench = new Bench().begin();
    bench.receive(part(100, 1, 0, First, 'one '));
    bench.receive(part(101, 2, 0, First, 'two '));
    bench.receive(part(102, 1, 1, Middle, 'and '));
    bench.receive(part(103, 2, 1, Last, 'ends'));
    bench.receive(part(104, 3, 0, Only, 'only'));
    bench.receive(part(105, 1, 2, Last, 'ends'));
    expect(bench.delivered).toEqual(['two ends', 'only', 'one and ends']);
  });

  it('are forgotten when a part is not the next one', () => {
    const bench = new Bench().begin();
    bench.receive(part(100, 1, 0, First, 'a'));
    bench.receive(part(101, 1, 2, Last, 'c'));
    bench.receive(part(102, 1, 1, Last, 'b'));
    bench.receive(part(103, 2, 1, First, 'no first part'));
    expect(bench.delivered).toEqual([]);
    expect(bench.connection.counts.incomplete).toBe(3);
  });

  it('are forgotten when a part has another type', () => {
    const bench = new Bench().begin();
    bench.receive(part(100, 1, 0, First, 'a'));
    const [other] = messageParts(PacketType.MessagesUnsubscribe, IDENTITY, Buffer.from('b'));
    writeDataHeader(other, {
      isReliable: true,
      obfuscation: 0,
      sequence: 101,
      message: { position: Last, number: 1, part: 1 },
    });
    bench.receive(other);
    expect(bench.delivered).toEqual([]);
    expect(bench.connection.counts.incomplete).toBe(1);
  });

  it('are forgotten when they do not end, or grow too large, or are too many', () => {
    const bench = new Bench({ pendingMessagesMax: 2, messageBytesMax: 40, pendingMsMax: 1_000 }).begin();
    bench.receive(part(100, 1, 0, First, 'a'));
    bench.receive(part(101, 2, 0, First, 'b'));
    bench.receive(part(102, 3, 0, First, 'one too many'));
    expect(bench.connection.counts.incomplete).toBe(1);
    expect(bench.connection.dueMs).toBe(1_000);
    bench.tick(999);
    expect(bench.connection.counts.incomplete).toBe(1);
    bench.tick(1_000);
    expect(bench.connection.counts.incomplete).toBe(3);
    expect(bench.connection.dueMs).toBe(Infinity);
    bench.receive(part(103, 4, 0, First, 'x'.repeat(20)));
    bench.receive(part(104, 4, 1, Last, 'x'.repeat(20)));
    expect(bench.delivered).toEqual([]);
  });

  it('of thousands of tiny parts cost what memory they take', () => {
    const bench = new Bench({ pendingBytesMax: 10_000 }).begin();
    bench.receive(part(100, 1, 0, First, ''));
    for (let index = 1; index < 40; index++) bench.receive(part(100 + index, 1, index, Middle, ''));
    expect(bench.connection.counts.incomplete).toBeGreaterThan(0);
  });
});

describe('a connection that sends', () => {
  it('shakes hands first, every 100 ms', () => {
    const bench = new Bench();
    expect(bench.connection.sendReliable(packet('a'), 0)).toBe(true);
    expect(bench.sent).toEqual(['Handshake 1000']);
    expect(bench.connection.dueMs).toBe(100);
    expect(bench.tick(99)).toEqual([]);
    expect(bench.tick(100)).toEqual(['Handshake 1000']);
    // Neither counts.
    expect(bench.receive(controlPacket(ControlType.Ack, 1_000))).toEqual([]);
    expect(bench.receive(controlPacket(ControlType.HandshakeAck, 999))).toEqual([]);
    expect(bench.receive(controlPacket(ControlType.HandshakeAck, 1_000))).toEqual(['#1000']);
    expect(bench.connection.pendingCount).toBe(1);
    bench.receive(controlPacket(ControlType.Ack, 1_000));
    expect(bench.connection.pendingCount).toBe(0);
    expect(bench.connection.dueMs).toBe(Infinity);
  });

  it('has no more packets under way than its window', () => {
    const bench = new Bench().open();
    for (let index = 0; index < 40; index++) bench.connection.sendReliable(packet(`${index}`), 0);
    expect(bench.sent.filter((name) => name.startsWith('#'))).toHaveLength(1 + 16);
    expect(bench.receive(controlPacket(ControlType.Ack, 1_010))).toHaveLength(10);
  });

  it('sends again what is not acknowledged, twice as late each time, obfuscated in turn', () => {
    const bench = new Bench().open();
    bench.connection.sendReliable(packet('a'), 0);
    const times: number[] = [];
    const levels: number[] = [];
    while (times.length < 12) {
      bench.tick(bench.connection.dueMs);
      times.push(bench.nowMs);
      levels.push(readDataHeader(bench.datagrams.at(-1)!)!.obfuscation);
    }
    expect(times.slice(0, 5)).toEqual([30, 90, 210, 450, 930]);
    expect(times[11] - times[10]).toBe(5_000);
    expect(levels.slice(0, 8)).toEqual([0, 0, 1, 2, 3, 0, 1, 2]);
    const reader = new Bench().begin();
    reader.receive(controlPacket(ControlType.Handshake, 1_001));
    for (const datagram of bench.datagrams.slice(-6)) reader.receive(datagram);
    expect(reader.delivered).toEqual(['a']);
  });

  it('sends the first one again when three later ones have come', () => {
    const bench = new Bench().open();
    for (let index = 0; index < 5; index++) bench.connection.sendReliable(packet(`${index}`), 0);
    bench.receive(controlPacket(ControlType.Ack, 1_000));
    bench.receive(controlPacket(ControlType.Ack, 1_000));
    expect(bench.receive(controlPacket(ControlType.Ack, 1_000))).toEqual(['#1001']);
    expect(bench.receive(controlPacket(ControlType.Ack, 1_000))).toEqual([]);
  });

  it('finds the next loss where the answer to the first one stops', () => {
    const bench = new Bench().open();
    for (let index = 0; index < 8; index++) bench.connection.sendReliable(packet(`${index}`), 0);
    for (let copy = 0; copy < 3; copy++) bench.receive(controlPacket(ControlType.Ack, 1_000));
    expect(bench.receive(controlPacket(ControlType.Ack, 1_003))).toEqual(['#1004']);
    // What was sent later has had no time to arrive.
    bench.connection.sendReliable(packet('later'), 0);
    expect(bench.receive(controlPacket(ControlType.Ack, 1_008))).toEqual([]);
  });

  it('ignores acknowledgements of what was never sent', () => {
    const bench = new Bench().open();
    bench.connection.sendReliable(packet('a'), 0);
    for (const sequence of [0, 500, 998, 1_002, 0x7ff_ffff]) bench.receive(controlPacket(ControlType.Ack, sequence));
    expect(bench.connection.pendingCount).toBe(1);
  });

  it('counts on from the largest sequence number', () => {
    const bench = new Bench({}, 0x7ff_ffff).open(0x7ff_ffff);
    bench.connection.sendReliable(packet('a'), 0);
    bench.connection.sendReliable(packet('b'), 0);
    expect(bench.sent.slice(-2)).toEqual(['#0', '#1']);
    // The bit above the largest number says something else.
    expect(readDataHeader(bench.datagrams.at(-2)!)).toMatchObject({ obfuscation: 0, isReliable: true });
    bench.receive(controlPacket(ControlType.Ack, 1));
    expect(bench.connection.pendingCount).toBe(0);
  });

  it('never has fewer than eight under way', () => {
    const bench = new Bench().open();
    for (let index = 0; index < 100; index++) bench.connection.sendReliable(packet('x'), 0);
    for (let loss = 0; loss < 5; loss++) bench.tick(bench.connection.dueMs);
    bench.receive(controlPacket(ControlType.Ack, 1_016));
    expect(new Set(bench.sent.filter((name) => name.startsWith('#'))).size).toBe(17 + 8 + 2);
  });

  it('has half as many packets under way after a loss, and more again when all goes well', () => {
    const bench = new Bench().open();
    const underway = (): number => {
      while (bench.connection.pendingCount < 200) bench.connection.sendReliable(packet('x'), bench.nowMs);
      return new Set(bench.sent.filter((name) => name.startsWith('#'))).size - 1;
    };
    expect(underway()).toBe(16);
    bench.tick(bench.connection.dueMs);
    bench.receive(controlPacket(ControlType.Ack, 1_016));
    // 8 more, and two for the sixteen that have come.
    expect(underway()).toBe(16 + 10);
    bench.receive(controlPacket(ControlType.Ack, 1_026));
    expect(underway()).toBe(26 + 11);
  });

  it('measures the way only by what was not sent again', () => {
    const bench = new Bench();
    bench.connection.sendReliable(packet('a'), 0);
    bench.nowMs = 40;
    bench.receive(controlPacket(ControlType.HandshakeAck, 1_000));
    expect(bench.connection.roundTripMs).toBe(40);
    // 40 ms and four times 20 ms of variance later.
    expect(bench.connection.dueMs).toBe(160);
    bench.tick(160);
    bench.nowMs = 3_000;
    bench.receive(controlPacket(ControlType.Ack, 1_000));
    expect(bench.connection.roundTripMs).toBe(40);
    bench.connection.sendReliable(packet('b'), 3_000);
    bench.nowMs = 3_120;
    bench.receive(controlPacket(ControlType.Ack, 1_001));
    expect(bench.connection.roundTripMs).toBe(50);
  });

  it('refuses more than its queue holds, and messages as a whole', () => {
    const bench = new Bench({ queueMax: 3 });
    expect(bench.connection.sendReliable(packet('a'), 0)).toBe(true);
    const parts = messageParts(PacketType.MessagesData, IDENTITY, new Uint8Array(4_000));
    expect(parts).toHaveLength(3);
    expect(bench.connection.sendMessage(parts, 0)).toBe(false);
    expect(bench.connection.sendMessage(parts.slice(0, 2), 0)).toBe(true);
    expect(bench.connection.sendReliable(packet('b'), 0)).toBe(false);
  });

  it('begins anew when the other end knows nothing, and says what is lost', () => {
    const bench = new Bench().open();
    for (let index = 0; index < 40; index++) bench.connection.sendReliable(packet('old'), 0);
    bench.receive(controlPacket(ControlType.HandshakeRequest));
    expect(bench.givenUp).toBe(40);
    // A second request finds nothing to begin anew.
    bench.receive(controlPacket(ControlType.HandshakeRequest));
    expect(bench.connection.pendingCount).toBe(0);
    bench.sent.length = 0;
    bench.connection.sendReliable(packet('b'), 0);
    expect(bench.sent).toEqual(['Handshake 1000']);
    expect(bench.receive(controlPacket(ControlType.HandshakeAck, 1_000))).toEqual(['#1000']);
    expect(Buffer.from(bench.datagrams.at(-1)!).toString('latin1')).toMatch(/b$/);
  });

  it('can begin anew by itself, for a web client that is stuck', () => {
    const bench = new Bench().open();
    bench.connection.sendReliable(packet('a'), 0);
    bench.connection.restartSending();
    expect(bench.givenUp).toBe(1);
    expect(bench.connection.dueMs).toBe(Infinity);
  });
});
