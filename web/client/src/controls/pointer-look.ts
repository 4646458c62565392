/** How far the view turns for one pixel, in radians. */
const RAD_PER_PX = 0.0042;
const PITCH_RAD_MAX = 1.25;

/** The direction of the view, turned by dragging with mouse or finger, or by moving a locked mouse. */
export class PointerLook {
  /** 0 looks along -z; positive to the left, in radians. */
  yaw = 0;
  /** Positive looks up, in radians. */
  pitch = -0.05;
  /** Metres between the camera and the head in third person; turned by the wheel. */
  distanceM = 4.2;
  /** With it, a click on the world takes the mouse until Escape is pressed. */
  usesLock = false;
  private dragging: number | undefined;

  /** @param isTaken  whether a pointer at this place belongs to something else: the walking stick, a handle */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly isTaken: (event: PointerEvent) => boolean,
  ) {
    canvas.addEventListener('pointerdown', (event) => this.handleDown(event));
    canvas.addEventListener('pointermove', (event) => this.handleMove(event));
    for (const name of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(name, (event) => {
        if (event.pointerId === this.dragging) this.dragging = undefined;
      });
    }
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    canvas.addEventListener(
      'wheel',
      (event) => {
        this.distanceM = Math.min(9, Math.max(1.6, this.distanceM * Math.exp(event.deltaY * 0.001)));
      },
      { passive: true },
    );
  }

  /** Turns the view by so much, in radians. */
  turn(yaw: number, pitch: number): void {
    this.yaw = wrap(this.yaw + yaw);
    this.pitch = Math.min(PITCH_RAD_MAX, Math.max(-PITCH_RAD_MAX, this.pitch + pitch));
  }

  private handleDown(event: PointerEvent): void {
    this.canvas.focus({ preventScroll: true });
    if (this.isTaken(event)) return;
    if (this.dragging !== undefined) return;
    this.dragging = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    if (this.usesLock && event.pointerType === 'mouse') {
      // Refused for a second after Escape; older browsers give no promise.
      Promise.resolve(this.canvas.requestPointerLock()).catch(() => undefined);
    }
  }

  private handleMove(event: PointerEvent): void {
    const isLocked = document.pointerLockElement === this.canvas;
    if (!isLocked && event.pointerId !== this.dragging) return;
    const speed = event.pointerType === 'touch' ? 1.5 : 1;
    this.turn(-event.movementX * RAD_PER_PX * speed, -event.movementY * RAD_PER_PX * speed);
  }
}

function wrap(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}
