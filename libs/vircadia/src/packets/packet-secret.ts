import { MD5_BEGIN, MD5_BLOCK_BYTES, MD5_BLOCK_WORDS, md5Block } from '../coding/md5.js';
import { uuidBytes } from '../coding/uuid.js';
import { PACKET_BYTES_MAX } from '../transport/data-header.js';

/** Bytes of a verification hash. */
export const HASH_BYTES = 16;

const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
/** What MD5 appends: one byte, zeros to the end of a block, and the length. */
const MARK = 0x80;
const LENGTH_BYTES = 8;

/** Memory for hashing, shared by all secrets: nothing of it outlasts a call. */
const inner = wordsAndBytes(MD5_BLOCK_BYTES * Math.ceil((PACKET_BYTES_MAX + 1 + LENGTH_BYTES) / MD5_BLOCK_BYTES));
/** The outer hash is always of the key's block and of an inner hash. */
const outer = wordsAndBytes(MD5_BLOCK_BYTES);
outer.bytes[HASH_BYTES] = MARK;
outer.words[MD5_BLOCK_WORDS - 2] = 8 * (MD5_BLOCK_BYTES + HASH_BYTES);
const computed = wordsAndBytes(HASH_BYTES);

/**
 * The secret of one client and one node: signs payloads and checks signatures (specification C.2), with HMAC-MD5.
 *
 * This is done for every packet of every client. What is the same for all of them, two blocks made of the key,
 * is hashed once.
 */
export class PacketSecret {
  private readonly innerBegin: Int32Array;
  private readonly outerBegin: Int32Array;

  /** @param uuid  the connection secret, as DomainList tells it */
  constructor(uuid: string) {
    const key = uuidBytes(uuid);
    this.innerBegin = stateAfterKey(key, INNER_PAD);
    this.outerBegin = stateAfterKey(key, OUTER_PAD);
  }

  /** Writes the hash of `bytes[start, end)`, of at most PACKET_BYTES_MAX, to `at`. */
  sign(bytes: Uint8Array, start: number, end: number, at: number): void {
    this.compute(bytes, start, end);
    bytes.set(computed.bytes, at);
  }

  /** Whether the hash at `at` is that of `bytes[start, end)`. */
  verify(bytes: Uint8Array, start: number, end: number, at: number): boolean {
    if (end - start > PACKET_BYTES_MAX) return false;
    this.compute(bytes, start, end);
    // All bytes are compared, so that the time says nothing about where they differ.
    let difference = 0;
    for (let i = 0; i < HASH_BYTES; i++) difference |= bytes[at + i] ^ computed.bytes[i];
    return difference === 0;
  }

  /** Leaves the hash in `computed`. */
  private compute(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const padded = MD5_BLOCK_BYTES * Math.ceil((length + 1 + LENGTH_BYTES) / MD5_BLOCK_BYTES);
    inner.bytes.set(bytes.subarray(start, end));
    inner.bytes[length] = MARK;
    inner.bytes.fill(0, length + 1, padded);
    inner.words[padded / 4 - 2] = 8 * (MD5_BLOCK_BYTES + length);
    computed.words.set(this.innerBegin);
    for (let at = 0; at < padded / 4; at += MD5_BLOCK_WORDS) md5Block(computed.words, inner.words, at);
    outer.words.set(computed.words);
    computed.words.set(this.outerBegin);
    md5Block(computed.words, outer.words, 0);
  }
}

function stateAfterKey(key: Uint8Array, pad: number): Int32Array {
  const block = wordsAndBytes(MD5_BLOCK_BYTES);
  block.bytes.fill(pad);
  for (let i = 0; i < key.length; i++) block.bytes[i] ^= key[i];
  const state = Int32Array.from(MD5_BEGIN);
  md5Block(state, block.words, 0);
  return state;
}

function wordsAndBytes(length: number): { readonly words: Int32Array; readonly bytes: Uint8Array } {
  const words = new Int32Array(length / 4);
  return { words, bytes: new Uint8Array(words.buffer) };
}
