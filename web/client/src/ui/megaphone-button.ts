import type { WorldClient } from '@vicinity/sdk';
import { iconButton } from './element.js';

/** Speaks to the whole world. There only where the server allows it. */
export function makeMegaphoneButton(client: WorldClient): HTMLButtonElement {
  const { hearing } = client;
  const button = iconButton('megaphone', '', () => hearing.setMegaphone(!hearing.hasMegaphone));
  button.classList.add('megaphone');
  const show = (): void => {
    const label = hearing.hasMegaphone ? 'Megaphone: the whole world hears you' : 'Megaphone: speak to the whole world';
    button.hidden = !hearing.isMegaphoneAllowed;
    button.setAttribute('aria-pressed', String(hearing.hasMegaphone));
    button.setAttribute('aria-label', label);
    button.title = label;
  };
  hearing.on('changed', show);
  show();
  return button;
}
