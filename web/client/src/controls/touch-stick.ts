import { el } from '../ui/element.js';
import type { WalkIntent } from './walker.js';

const RADIUS_PX = 52;
/** Pushed further than this, one runs. */
const RUN_AT = 0.92;

/** A stick that appears under the left thumb. */
export class TouchStick {
  private readonly knob = el('div', { class: 'stick-knob' });
  private readonly base = el('div', { class: 'stick', hidden: true, 'aria-hidden': 'true' }, [this.knob]);
  private pointerId: number | undefined;
  private origin = { x: 0, y: 0 };
  private forward = 0;
  private right = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    parent: HTMLElement,
    /** Whether a finger at this place takes something else, a handle. */
    private readonly isTaken: (event: PointerEvent) => boolean,
  ) {
    parent.append(this.base);
    canvas.addEventListener('pointerdown', (event) => this.handleDown(event));
    canvas.addEventListener('pointermove', (event) => this.handleMove(event));
    for (const name of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(name, (event) => this.handleUp(event));
    }
  }

  /** Whether a touch that begins here belongs to the stick. */
  isMine(event: PointerEvent): boolean {
    const isLeft = event.clientX < this.canvas.clientWidth * 0.45 && event.clientY > this.canvas.clientHeight * 0.35;
    return event.pointerId === this.pointerId || (this.pointerId === undefined && isLeft);
  }

  /** Adds what the thumb wants. */
  addTo(intent: WalkIntent): void {
    intent.forward += this.forward;
    intent.right += this.right;
    intent.isRunning ||= Math.hypot(this.forward, this.right) > RUN_AT;
  }

  private handleDown(event: PointerEvent): void {
    if (event.pointerType !== 'touch' || this.pointerId !== undefined || !this.isMine(event)) return;
    if (this.isTaken(event)) return;
    this.pointerId = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.origin = { x: event.clientX, y: event.clientY };
    this.base.hidden = false;
    this.base.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`;
    this.move(0, 0);
  }

  private handleMove(event: PointerEvent): void {
    if (event.pointerId === this.pointerId) this.move(event.clientX - this.origin.x, event.clientY - this.origin.y);
  }

  private handleUp(event: PointerEvent): void {
    if (event.pointerId !== this.pointerId) return;
    this.pointerId = undefined;
    this.base.hidden = true;
    this.move(0, 0);
  }

  private move(dx: number, dy: number): void {
    const scale = 1 / Math.max(RADIUS_PX, Math.hypot(dx, dy));
    this.right = dx * scale;
    this.forward = -dy * scale;
    this.knob.style.transform = `translate(${this.right * RADIUS_PX}px, ${-this.forward * RADIUS_PX}px)`;
  }
}
