import type { EditHistory } from '@vicinity/sdk';
import { el, iconButton, type IconName } from '../ui/element.js';
import type { HandleMode } from './handles.js';
import { entryOf, NEW_ENTITIES, type NewEntity } from './new-entity.js';
import { SNAP_CHOICES, type SnapSteps } from './snapping.js';

/** What the toolbar asks of build mode. */
export interface ToolbarActions {
  create(wanted: NewEntity): void;
  chooseFiles(files: File[]): void;
  setMode(mode: HandleMode): void;
  setSteps(steps: SnapSteps): void;
  undo(): void;
  redo(): void;
}

const MODES: ReadonlyArray<readonly [HandleMode, IconName, string]> = [
  ['translate', 'move', 'Move (1)'],
  ['rotate', 'turn', 'Turn (2)'],
  ['scale', 'size', 'Stretch (3)'],
];
const FILE_TYPES = '.glb,.gltf,.png,.jpg,.jpeg,.webp,.wav,.mp3,.ogg,.flac';

/** Make, move, turn, stretch, snap, undo. */
export class Toolbar {
  readonly element: HTMLElement;
  private readonly modes = new Map<HandleMode, HTMLButtonElement>();
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;
  private readonly snap: HTMLButtonElement;
  private readonly step: HTMLSelectElement;
  private readonly menu: HTMLElement;
  private readonly add: HTMLButtonElement;
  private readonly entries = new Map<NewEntity, HTMLButtonElement>();
  private isSnapping = false;

  constructor(
    history: EditHistory,
    private readonly actions: ToolbarActions,
  ) {
    for (const [mode, picture, label] of MODES) {
      this.modes.set(
        mode,
        iconButton(picture, label, () => this.actions.setMode(mode)),
      );
    }
    this.undo = iconButton('undo', 'Undo (Ctrl+Z)', () => actions.undo());
    this.redo = iconButton('redo', 'Redo (Ctrl+Shift+Z)', () => actions.redo());
    this.snap = iconButton('magnet', 'Snap to a grid (N)', () => this.toggleSnap());
    this.step = el(
      'select',
      { 'aria-label': 'Steps', title: 'Steps', onchange: () => this.tellSteps() },
      SNAP_CHOICES.map(([metres, degrees], index) =>
        el('option', { value: index, selected: index === 2 }, [`${metres} m, ${degrees}°`]),
      ),
    );
    this.menu = this.makeMenu();
    this.add = iconButton('plus', 'Add something', () => this.toggleMenu());
    this.element = el('div', { class: 'build-bar' }, [
      el('div', { class: 'build-tools', role: 'toolbar', 'aria-label': 'Building' }, [
        this.add,
        el('span', { class: 'bar-line' }),
        ...this.modes.values(),
        el('span', { class: 'bar-line' }),
        this.snap,
        this.step,
        el('span', { class: 'bar-line' }),
        this.undo,
        this.redo,
      ]),
      this.menu,
    ]);
    history.on('changed', () => this.showHistory(history));
    this.showHistory(history);
    this.showMode('translate');
    this.setSnapping(false);
    this.showChosen(false);
  }

  showMode(mode: HandleMode): void {
    for (const [each, button] of this.modes) button.setAttribute('aria-pressed', String(each === mode));
  }

  /** Some things can be made only for a thing that is chosen. */
  showChosen(isAnyChosen: boolean): void {
    for (const [wanted, button] of this.entries) {
      const { isReady, help } = entryOf(wanted, isAnyChosen);
      button.disabled = !isReady;
      button.querySelector('small')!.textContent = help;
    }
  }

  toggleSnap(): void {
    this.setSnapping(!this.isSnapping);
    this.tellSteps();
  }

  /** Whether the menu was open and is closed now. */
  closeMenu(): boolean {
    if (this.menu.hidden) return false;
    this.toggleMenu();
    return true;
  }

  private setSnapping(isOn: boolean): void {
    this.isSnapping = isOn;
    this.snap.setAttribute('aria-pressed', String(isOn));
    this.step.disabled = !isOn;
  }

  private tellSteps(): void {
    const [lengthM, degrees] = SNAP_CHOICES[Number(this.step.value)] ?? SNAP_CHOICES[0];
    this.actions.setSteps(
      this.isSnapping ? { lengthM, angleRad: (degrees * Math.PI) / 180 } : { lengthM: 0, angleRad: 0 },
    );
  }

  private showHistory(history: EditHistory): void {
    this.undo.disabled = !history.canUndo;
    this.redo.disabled = !history.canRedo;
  }

  private toggleMenu(): void {
    this.menu.hidden = !this.menu.hidden;
    this.add.setAttribute('aria-expanded', String(!this.menu.hidden));
    if (this.menu.hidden) this.add.focus();
    else this.menu.querySelector('button')?.focus();
  }

  private makeMenu(): HTMLElement {
    const files = el('input', {
      type: 'file',
      multiple: true,
      hidden: true,
      accept: FILE_TYPES,
      onchange: () => {
        this.actions.chooseFiles([...(files.files ?? [])]);
        files.value = '';
      },
    });
    for (const wanted of NEW_ENTITIES) {
      this.entries.set(
        wanted,
        menuEntry(wanted.label, wanted.help, () => this.actions.create(wanted)),
      );
    }
    const upload = menuEntry('A file…', 'Model, picture or sound; or drop it into the world.', () => files.click());
    return el(
      'div',
      {
        class: 'panel build-menu',
        hidden: true,
        role: 'group',
        'aria-label': 'Add something',
        onclick: () => this.closeMenu(),
      },
      [...this.entries.values(), upload, files],
    );
  }
}

function menuEntry(label: string, help: string, onClick: () => void): HTMLButtonElement {
  return el('button', { type: 'button', onclick: onClick }, [el('b', {}, [label]), el('small', {}, [help])]);
}
