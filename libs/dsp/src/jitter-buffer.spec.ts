import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JITTER_PACKETS_MAX, JitterBuffer } from './jitter-buffer.js';

const bytesOf = (sequence: number) => new Uint8Array([sequence & 255, sequence >> 8]);
const push = (buffer: JitterBuffer, sequence: number) => buffer.push(sequence & 0xffff, bytesOf(sequence), 960, 0, 0);

describe('JitterBuffer', () => {
  it('puts packets back into order', () => {
    const buffer = new JitterBuffer();
    for (const sequence of [2, 1, 4, 3]) push(buffer, sequence);
    const played: number[] = [];
    while (buffer.count > 0) {
      played.push(buffer.peek()?.sequence ?? -1);
      buffer.advance();
    }
    expect(played).toEqual([1, 2, 3, 4]);
  });

  it('counts on where sequence numbers wrap', () => {
    const buffer = new JitterBuffer();
    for (let sequence = 65_530; sequence < 65_546; sequence++) {
      expect(push(buffer, sequence)).toBe('kept');
      expect(buffer.peek()?.sequence).toBe(sequence);
      buffer.advance();
    }
  });

  it('refuses what is late or already there', () => {
    const buffer = new JitterBuffer();
    push(buffer, 10);
    expect(push(buffer, 10)).toBe('duplicate');
    buffer.advance();
    expect(push(buffer, 10)).toBe('late');
    expect(push(buffer, 9)).toBe('late');
    expect(push(buffer, 11)).toBe('kept');
  });

  it('says how many packets are missing before the next one', () => {
    const buffer = new JitterBuffer();
    push(buffer, 1);
    buffer.advance();
    push(buffer, 5);
    expect(buffer.peek()).toBeUndefined();
    expect(buffer.missingCount).toBe(3);
  });

  it('starts anew after a jump, and keeps the packet that jumped', () => {
    const buffer = new JitterBuffer();
    push(buffer, 1);
    expect(push(buffer, 1 + JITTER_PACKETS_MAX)).toBe('restarted');
    expect(buffer.count).toBe(1);
    expect(buffer.peek()?.sequence).toBe(1 + JITTER_PACKETS_MAX);
  });

  it('starts anew when a sender went back a little and goes on from there', () => {
    const buffer = new JitterBuffer();
    for (let sequence = 0; sequence < 50; sequence++) {
      push(buffer, sequence);
      buffer.advance();
    }
    const results = Array.from({ length: 12 }, (_, index) => push(buffer, 20 + index));
    expect(results.slice(0, 8)).toEqual(Array(8).fill('late'));
    expect(results.slice(8)).toEqual(['restarted', 'kept', 'kept', 'kept']);
    expect(buffer.peek()?.sequence).toBe(28);
  });

  it('keeps its own copy of a packet', () => {
    const buffer = new JitterBuffer();
    const bytes = new Uint8Array(700).fill(7);
    buffer.push(1, bytes, 960, 0, 0);
    bytes.fill(9);
    const packet = buffer.peek();
    expect(packet?.size).toBe(700);
    expect(packet?.bytes[699]).toBe(7);
  });

  it('holds a bounded number of packets in rising order, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 100, max: 180 }), fc.constant(-1)), {
          maxLength: 400,
        }),
        (steps) => {
          const buffer = new JitterBuffer();
          let last = -Infinity;
          for (const step of steps) {
            if (step < 0) {
              const packet = buffer.peek();
              if (packet) {
                expect(packet.sequence).toBeGreaterThan(last);
                last = packet.sequence;
              }
              if (buffer.count > 0) buffer.advance();
            } else if (push(buffer, step) === 'restarted') {
              last = -Infinity;
            }
            expect(buffer.count).toBeLessThanOrEqual(JITTER_PACKETS_MAX);
            expect(buffer.missingCount).toBeLessThanOrEqual(JITTER_PACKETS_MAX);
          }
        },
      ),
    );
  });
});
