import { hash } from 'node:crypto';
import { PACKET_BYTES_MAX } from '../transport/data-header.js';
import { uuidBytes } from '../coding/uuid.js';

/** Bytes of a verification hash. */
export const HASH_BYTES = 16;

const BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** Memory for hashing, shared by all secrets: nothing of it outlasts a call. */
const innerInput = Buffer.alloc(BLOCK_BYTES + PACKET_BYTES_MAX);
const outerInput = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);

/**
 * The secret of one client and one node: signs payloads and checks signatures (specification C.2), with HMAC-MD5.
 *
 * This is done for every packet of every client, so that the two hashes of HMAC are made by hand: half the time of
 * `createHmac`, which makes an object each time.
 */
export class PacketSecret {
  private readonly innerKey = Buffer.alloc(BLOCK_BYTES, INNER_PAD);
  private readonly outerKey = Buffer.alloc(BLOCK_BYTES, OUTER_PAD);

  /** @param uuid  the connection secret, as DomainList tells it */
  constructor(uuid: string) {
    uuidBytes(uuid).forEach((byte, index) => {
      this.innerKey[index] ^= byte;
      this.outerKey[index] ^= byte;
    });
  }

  /** Writes the hash of `bytes[start, end)` to `at`. */
  sign(bytes: Uint8Array, start: number, end: number, at: number): void {
    this.compute(bytes, start, end);
    bytes.set(outerInput.subarray(BLOCK_BYTES), at);
  }

  /** Whether the hash at `at` is that of `bytes[start, end)`. */
  verify(bytes: Uint8Array, start: number, end: number, at: number): boolean {
    if (end - start > PACKET_BYTES_MAX) return false;
    this.compute(bytes, start, end);
    // All bytes are compared, so that the time says nothing about where they differ.
    let difference = 0;
    for (let i = 0; i < HASH_BYTES; i++) difference |= bytes[at + i] ^ outerInput[BLOCK_BYTES + i];
    return difference === 0;
  }

  /** Leaves the hash at the end of `outerInput`. */
  private compute(bytes: Uint8Array, start: number, end: number): void {
    innerInput.set(this.innerKey);
    innerInput.set(bytes.subarray(start, end), BLOCK_BYTES);
    outerInput.set(this.outerKey);
    // Node hands over short texts faster than buffers.
    outerInput.write(hash('md5', innerInput.subarray(0, BLOCK_BYTES + end - start), 'binary'), BLOCK_BYTES, 'latin1');
    outerInput.write(hash('md5', outerInput, 'binary'), BLOCK_BYTES, 'latin1');
  }
}
