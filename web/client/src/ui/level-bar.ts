import { loudnessOf } from '@vicinity/sdk';
import { el } from './element.js';

const LOUDNESS_LOW = 67;
const LOUDNESS_HIGH = 121;

/** A bar that follows a microphone, so that one sees that it works before anyone hears it. */
export class LevelBar {
  private readonly fill = el('div', { class: 'level-fill' });
  readonly element = el(
    'div',
    { class: 'level', role: 'meter', 'aria-label': 'Microphone level', 'aria-valuemin': 0, 'aria-valuemax': 100 },
    [this.fill],
  );
  private shown = 0;

  /** @param rms  root mean square, 0 to 1 */
  show(rms: number): void {
    const level = Math.min(1, Math.max(0, (loudnessOf(rms) - LOUDNESS_LOW) / (LOUDNESS_HIGH - LOUDNESS_LOW)));
    // Up at once, down slowly: a bar that jitters cannot be read.
    this.shown = Math.max(level, this.shown * 0.9);
    this.fill.style.transform = `scaleX(${this.shown.toFixed(3)})`;
    this.element.setAttribute('aria-valuenow', String(Math.round(this.shown * 100)));
  }
}
