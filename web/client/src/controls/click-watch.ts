/** A pointer that moved further, in pixels, has dragged; one that stayed longer, in ms, has rested. */
const MOVE_PX_MAX = 5;
/** Fingers are broad and never still. */
const TOUCH_MOVE_PX_MAX = 14;
const CLICK_MS_MAX = 600;

/** Tells clicks on the canvas from drags that turn the view. */
export class ClickWatch {
  private down: { id: number; x: number; y: number; atMs: number } | undefined;

  constructor(canvas: HTMLElement, onClick: (event: PointerEvent) => void) {
    canvas.addEventListener('pointerdown', (event) => {
      this.down =
        event.button === 0 && event.isPrimary
          ? { id: event.pointerId, x: event.clientX, y: event.clientY, atMs: event.timeStamp }
          : undefined;
    });
    canvas.addEventListener('pointerup', (event) => {
      const { down } = this;
      this.down = undefined;
      if (down?.id !== event.pointerId) return;
      const moved = Math.hypot(event.clientX - down.x, event.clientY - down.y);
      const movePxMax = event.pointerType === 'touch' ? TOUCH_MOVE_PX_MAX : MOVE_PX_MAX;
      if (moved <= movePxMax && event.timeStamp - down.atMs <= CLICK_MS_MAX) onClick(event);
    });
    canvas.addEventListener('pointercancel', () => (this.down = undefined));
  }
}
