import type { Texture } from 'three';
import type { EntityId } from '@vicinity/sdk';
import type { VisualSurroundings } from './entity-visual.js';
import type { Loan } from './shared-cache.js';

/** The picture at an address that may change: asked for once, told when it is there, given back. */
export class BorrowedTexture {
  private address = '';
  private loan: Loan<Texture> | undefined;
  private shown: Texture | undefined;

  /** @param onChange  the texture is there, or is not any more */
  constructor(
    private readonly id: EntityId,
    private readonly surroundings: VisualSurroundings,
    private readonly onChange: () => void,
  ) {}

  /** The picture; undefined while it is not there. */
  get texture(): Texture | undefined {
    return this.shown;
  }

  /** From now on the picture at this address; empty for none. */
  ask(address: string): void {
    if (address === this.address) return;
    this.dispose();
    this.address = address;
    if (address === '') return this.onChange();
    const place = this.surroundings.resolve(address);
    if (place.kind !== 'allowed') {
      this.surroundings.reportTrouble(
        this.id,
        place.kind === 'elsewhere' ? `It is at ${place.host}, which may not be asked.` : 'Its address leads nowhere.',
      );
      return this.onChange();
    }
    const loan = this.surroundings.borrowTexture(place.url);
    this.loan = loan;
    loan.value.then(
      (texture) => this.handleLoaded(loan, texture),
      (error: Error) => {
        if (this.loan === loan) this.surroundings.reportTrouble(this.id, error.message);
      },
    );
  }

  /** Gives it back. */
  dispose(): void {
    if (this.address !== '') this.surroundings.reportTrouble(this.id, undefined);
    this.loan?.release();
    this.loan = this.shown = undefined;
    this.address = '';
  }

  private handleLoaded(loan: Loan<Texture>, texture: Texture): void {
    if (this.loan !== loan) return;
    this.shown = texture;
    this.onChange();
  }
}
