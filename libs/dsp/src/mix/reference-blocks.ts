import { assert, BLOCK_FRAMES } from '@app/world';
import { BASIS_COUNT, BLOCK_BYTES, type MixMemory } from './mix-memory.js';

/**
 * The blocks of a MixMemory that a renderer computes (planes 1 to 3, beds), kept in 64-bit floats beside it, so that the
 * rounding to 32 bits does not add up. Made when first asked for.
 */
export class ReferenceBlocks {
  private readonly blocks = new Map<number, Float64Array>();

  constructor(private readonly memory: MixMemory) {}

  /** The block at an address that orders may name: plane 0 is the input itself, all others are ours. */
  at(address: number): Float32Array | Float64Array {
    const { sources, beds, plan } = this.memory.areas;
    const begin = address < beds ? sources : beds;
    assert(address >= sources && address < plan && (address - begin) % BLOCK_BYTES === 0, 'an order names a block');
    const block = (address - sources) / BLOCK_BYTES;
    if (address < beds && block % BASIS_COUNT === 0) return this.memory.input(block / BASIS_COUNT);
    return this.own(address);
  }

  /** Our exact copy of the block at an address. */
  own(address: number): Float64Array {
    let block = this.blocks.get(address);
    if (!block) this.blocks.set(address, (block = new Float64Array(BLOCK_FRAMES)));
    return block;
  }

  /** Writes our copy into the memory, rounded to 32 bits. */
  publish(address: number): void {
    new Float32Array(this.memory.wasm.buffer, address, BLOCK_FRAMES).set(this.own(address));
  }
}
