import type { WalkIntent } from './walker.js';

/** Keys that have a meaning of their own; `onKey` is told when one goes down. */
export type ActionKey = 'mute' | 'view' | 'chat' | 'people' | 'settings' | 'help' | 'build' | 'escape';

const ACTIONS: Record<string, ActionKey> = {
  KeyM: 'mute',
  KeyC: 'view',
  KeyP: 'people',
  KeyO: 'settings',
  KeyH: 'help',
  KeyB: 'build',
  Enter: 'chat',
  NumpadEnter: 'chat',
  Escape: 'escape',
};

/** Walking, turning and talking by key. Keys are places on the keyboard, so WASD works on every layout. */
export class Keyboard {
  private readonly held = new Set<string>();
  private hasJumped = false;

  constructor(
    private readonly onKey: (key: ActionKey) => void,
    private readonly onTalk: (isTalking: boolean) => void,
  ) {
    window.addEventListener('keydown', (event) => this.handleDown(event));
    window.addEventListener('keyup', (event) => this.handleUp(event.code));
    // A key that is let go in another window is never seen to go up.
    window.addEventListener('blur', () => this.releaseAll());
  }

  /** Adds what the keys want. */
  addTo(intent: WalkIntent): void {
    intent.forward += this.axis(['KeyW', 'ArrowUp'], ['KeyS', 'ArrowDown']);
    intent.right += this.axis(['KeyD'], ['KeyA']);
    intent.isRunning ||= this.held.has('ShiftLeft') || this.held.has('ShiftRight');
    intent.wantsJump ||= this.hasJumped;
    this.hasJumped = false;
  }

  /** -1 to 1: how much the keys want to turn to the left. */
  get turnLeft(): number {
    return this.axis(['ArrowLeft', 'KeyQ'], ['ArrowRight', 'KeyE']);
  }

  private axis(positive: string[], negative: string[]): number {
    const isHeld = (codes: string[]): number => (codes.some((code) => this.held.has(code)) ? 1 : 0);
    return isHeld(positive) - isHeld(negative);
  }

  private handleDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) {
      if (event.code === 'Escape') this.onKey('escape');
      return;
    }
    const action = ACTIONS[event.code];
    if (belongsToControl(event)) return;
    if (action) {
      event.preventDefault();
      if (!event.repeat) this.onKey(action);
      return;
    }
    if (event.code.startsWith('Arrow') || event.code === 'Space') event.preventDefault();
    if (event.repeat) return;
    this.held.add(event.code);
    if (event.code === 'Space') this.hasJumped = true;
    if (event.code === 'KeyV') this.onTalk(true);
  }

  private handleUp(code: string): void {
    this.held.delete(code);
    if (code === 'KeyV') this.onTalk(false);
  }

  private releaseAll(): void {
    if (this.held.has('KeyV')) this.onTalk(false);
    this.held.clear();
  }
}

/** Enter, space and arrows on a button, slider or switch are that control's own. */
function belongsToControl({ target, code }: KeyboardEvent): boolean {
  const isControl = target instanceof HTMLElement && target.matches('button, input, a');
  return isControl && (code === 'Enter' || code === 'Space' || code.startsWith('Arrow'));
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input:not([type=range]):not([type=checkbox]), textarea, select')
  );
}
