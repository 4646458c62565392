import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type KitClient, VircadiaKit } from '../../../test/vircadia-kit.js';
import { LINK_TYPES, type LinkType } from '../domain/domain-nodes.js';

const VECTORS = (
  JSON.parse(
    readFileSync(new URL('../../../../../libs/vircadia/test/vircadia-vectors.json', import.meta.url), 'utf8'),
  ) as { hex: string; direction: string }[]
)
  .filter(({ direction }) => direction !== 'scalar')
  .map(({ hex }) => Uint8Array.from(Buffer.from(hex, 'hex')));

const STRANGER = { address: '203.0.113.66', port: 666 };

/** What somebody may send: noise, or real packets with some of it changed, cut off or doubled. */
const datagram = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.uint8Array({ maxLength: 2_000 }),
  fc
    .tuple(
      fc.constantFrom(...VECTORS),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      fc.option(fc.nat(1_464)),
    )
    .map(([bytes, changes, length]) => {
      const changed = bytes.slice(0, length ?? bytes.length);
      for (const [at, value] of changes) if (changed.length > 0) changed[at % changed.length] = value;
      return changed;
    }),
  fc.nat(3).map((type) => Uint8Array.of(0, 0, type, 0x80, 1, 2, 3, 4)),
);
const step = fc.record({
  type: fc.constantFrom(...LINK_TYPES),
  bytes: datagram,
  /** Put the client's number where packets say whose they are. */
  isForged: fc.boolean(),
  isFromStranger: fc.boolean(),
});

function forge(bytes: Uint8Array, client: KitClient): Uint8Array {
  const forged = bytes.slice();
  if (forged.length >= 8) new DataView(forged.buffer).setUint16(6, client.list?.localId ?? 0, true);
  return forged;
}

describe('The edge of UDP, fed with rubbish', () => {
  it('serves its clients as before, and strangers with no more than three bytes for one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
        const kit = new VircadiaKit();
        const client = await kit.client().enter();
        const other = await kit.client().enter();
        const before = other.list?.sessionId;
        let strangersBytes = 0;
        for (const { type, bytes, isForged, isFromStranger } of steps) {
          const sent = isForged ? forge(bytes, client) : bytes;
          if (isFromStranger) strangersBytes += sent.length;
          kit.toServer(type, sent, isFromStranger ? STRANGER : client.place);
        }
        await kit.pass(1_000);
        const answered = kit.strays.filter(({ address }) => address === STRANGER.address);
        const answeredBytes = answered.reduce((sum, stray) => sum + stray.datagram.length, 0);
        expect(answeredBytes).toBeLessThanOrEqual(3 * strangersBytes);
        await other.live(1_000);
        expect(other.list?.sessionId).toBe(before);
        expect(kit.listed.length).toBeLessThanOrEqual(2);
        expect(kit.drops.get('vircadia-failed')).toBeUndefined();
        kit.domain.close();
        expect(kit.edge.book.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('has room for the ports of others in any order', () => {
    fc.assert(
      fc.property(fc.constantFrom<LinkType>(...LINK_TYPES), fc.nat(65_535), (type, port) => {
        const kit = new VircadiaKit();
        expect(() => kit.edge.receive(type, new Uint8Array(100), '203.0.113.1', port)).not.toThrow();
      }),
      { numRuns: 20 },
    );
  });
});
