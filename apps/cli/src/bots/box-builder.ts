import { type EntityEdit, ROOT_OCTAL_CODE, type WireValue } from '@app/vircadia';
import type { NodeLink } from './node-link.js';

const SEQUENCE_MASK = 0xffff;
const BOX_M = 0.3;
const ABOVE_HEAD_M = 2.5;

/** One bot's box: it makes it, moves it, and takes it away when it leaves. */
export class BoxBuilder {
  private sequence = 0;
  private isThere = false;

  constructor(
    private readonly id: string,
    private readonly name: string,
    private readonly x: number,
    private readonly z: number,
  ) {}

  /** Makes the box, or moves it up and down. */
  edit(link: NodeLink, nowMs: number, wallMs: number): void {
    const position = { x: this.x, y: ABOVE_HEAD_M + 0.5 * Math.sin(nowMs / 1_000), z: this.z };
    const all: [string, WireValue][] = [
      ['name', this.name],
      ['position', position],
      ['dimensions', { x: BOX_M, y: BOX_M, z: BOX_M }],
      ['collisionless', true],
      ['lifetime', 3_600],
    ];
    const properties = new Map<string, WireValue>(this.isThere ? [['position', position]] : all);
    const lastEditedUs = Math.round(wallMs * 1_000);
    const edit: EntityEdit = {
      octalCode: ROOT_OCTAL_CODE,
      lastEditedUs,
      id: this.id,
      type: 'Box',
      updateDeltaUs: 0,
      properties,
    };
    const packet = { sequence: this.nextSequence(), sentUs: lastEditedUs, edits: [edit] };
    link.sender.send(this.isThere ? 'EntityEdit' : 'EntityAdd', packet, nowMs);
    this.isThere = true;
  }

  /** Whether there was something to be taken away. */
  remove(link: NodeLink, nowMs: number, wallMs: number): boolean {
    if (!this.isThere) return false;
    this.isThere = false;
    const sentUs = Math.round(wallMs * 1_000);
    link.sender.send('EntityErase', { sequence: this.nextSequence(), sentUs, ids: [this.id] }, nowMs);
    return true;
  }

  private nextSequence(): number {
    return this.sequence++ & SEQUENCE_MASK;
  }
}
