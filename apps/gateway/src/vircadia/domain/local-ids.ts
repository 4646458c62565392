import type { Random } from '@app/clock';
import { VIRTUAL_NODES, type LinkType } from './domain-nodes.js';

const FIRST_OF_CLIENTS = 256;
const BEHIND_LAST = 0xffff;

/** The number by which packets of the domain and its nodes say whose they are; the same for all clients. */
export function localIdOf(type: LinkType): number {
  return type === 'D' ? 1 : 2 + VIRTUAL_NODES.indexOf(type);
}

/** The 16-bit numbers that clients get, at random: nobody shall know the number of somebody else. */
export class LocalIds {
  private readonly taken = new Set<number>();

  constructor(private readonly random: Random) {}

  /** Never called with more than some thousand numbers in use. */
  draw(): number {
    for (;;) {
      const localId = FIRST_OF_CLIENTS + Math.floor(this.random.next() * (BEHIND_LAST - FIRST_OF_CLIENTS));
      if (this.taken.has(localId)) continue;
      this.taken.add(localId);
      return localId;
    }
  }

  release(localId: number): void {
    this.taken.delete(localId);
  }
}
