import { cssColour, el } from './element.js';

/** Coats to choose from; 0 leaves it to the server's numbers. */
export const COLOURS = [0xd9695f, 0xe8a04c, 0xd9c24f, 0x7fb069, 0x4fa3a5, 0x5b84c4, 0x9a78c2, 0xd983a6];

let groupCount = 0;

/** A row of colours; exactly one is chosen. */
export function colourChoice(chosen: number, onChoose: (colour: number) => void): HTMLElement {
  const group = `colour-${groupCount++}`;
  return el(
    'div',
    { class: 'colours', role: 'radiogroup', 'aria-label': 'Colour of your coat' },
    COLOURS.map((colour, index) => {
      const input = el('input', {
        type: 'radio',
        name: group,
        value: colour,
        'aria-label': `Colour ${index + 1}`,
        checked: colour === chosen,
        onchange: () => onChoose(colour),
      });
      const dot = el('span', { class: 'colour-dot' });
      dot.style.backgroundColor = cssColour(colour);
      return el('label', { class: 'colour' }, [input, dot]);
    }),
  );
}
