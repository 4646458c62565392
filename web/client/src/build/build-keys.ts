/** What keys do while somebody builds. */
export interface BuildKeyActions {
  undo(): void;
  redo(): void;
  duplicate(): void;
  erase(): void;
  /** Returns whether there was something to leave. */
  escape(): boolean;
  setMode(mode: 'translate' | 'rotate' | 'scale'): void;
  toggleSnap(): void;
}

type Action = (actions: BuildKeyActions) => void;

const PLAIN: Readonly<Record<string, Action>> = {
  Digit1: (actions) => actions.setMode('translate'),
  Digit2: (actions) => actions.setMode('rotate'),
  Digit3: (actions) => actions.setMode('scale'),
  KeyN: (actions) => actions.toggleSnap(),
  Delete: (actions) => actions.erase(),
  Backspace: (actions) => actions.erase(),
};

/** What a key press means to somebody who builds; undefined when it is for others. Pure. */
export function buildActionOf(
  event: Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>,
): Action | undefined {
  if (event.altKey) return undefined;
  if (!event.ctrlKey && !event.metaKey) return event.shiftKey ? undefined : PLAIN[event.code];
  // Letters of shortcuts are what stands on the key, not where it is.
  switch (event.key.toLowerCase()) {
    case 'z':
      return event.shiftKey ? (actions) => actions.redo() : (actions) => actions.undo();
    case 'y':
      return (actions) => actions.redo();
    case 'd':
      return (actions) => actions.duplicate();
    default:
      return undefined;
  }
}

/** Listens while `isOn` says so. Keys that belong to a field are the field's. */
export function listenToBuildKeys(isOn: () => boolean, actions: BuildKeyActions): void {
  const handle = (event: KeyboardEvent): void => {
    if (!isOn() || isWriting(event.target)) return;
    if (event.code === 'Escape') {
      // Only what is left here is not left elsewhere, too.
      if (actions.escape()) event.stopImmediatePropagation();
      return;
    }
    const action = buildActionOf(event);
    if (!action) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat || event.ctrlKey || event.metaKey) action(actions);
  };
  window.addEventListener('keydown', handle, { capture: true });
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input:not([type=range]):not([type=checkbox]), textarea, select')
  );
}
