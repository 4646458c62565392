import { el } from './element.js';

const KEYS: ReadonlyArray<readonly [keys: string, meaning: string]> = [
  ['W A S D, ↑ ↓', 'walk'],
  ['← →, Q E', 'turn'],
  ['Shift', 'run'],
  ['Space', 'jump'],
  ['Drag', 'look around'],
  ['Wheel', 'closer, further'],
  ['C', 'own eyes, or over the shoulder'],
  ['M', 'microphone on, off'],
  ['V', 'hold to talk (with push to talk)'],
  ['Enter', 'write in the chat'],
  ['P', 'who is here, and how loud for you'],
  ['O', 'settings'],
  ['B', 'build: make and change things'],
  ['1 2 3, N', 'while building: move, turn, stretch, snap'],
  ['Ctrl+Z, Ctrl+D, Del', 'while building: undo, duplicate, delete'],
];

/** What the keys do. */
export function makeHelpPanel(): HTMLElement {
  return el('section', { class: 'panel help', 'aria-label': 'Help', hidden: true }, [
    el('h2', {}, ['How to move']),
    el(
      'dl',
      {},
      KEYS.flatMap(([keys, meaning]) => [el('dt', {}, [keys]), el('dd', {}, [meaning])]),
    ),
    el('p', { class: 'hint' }, ['On a touch screen: left thumb walks, right thumb looks. A controller works, too.']),
  ]);
}
