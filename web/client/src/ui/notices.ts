import { el } from './element.js';

const SHOWN_MS = 7_000;
const NOTICES_MAX = 3;

/** Short sentences that come and go, for what people should know but need not answer. */
export class Notices {
  readonly element = el('div', { class: 'notices', role: 'status', 'aria-live': 'polite' });

  /** Shows a sentence for some seconds, with something to do about it if there is. */
  show(text: string, action?: { label: string; run: () => void }): void {
    const notice = el('div', { class: 'toast' }, [el('span', {}, [text])]);
    const remove = (): void => notice.remove();
    if (action) {
      notice.append(
        el(
          'button',
          {
            type: 'button',
            class: 'quiet',
            onclick: () => {
              remove();
              action.run();
            },
          },
          [action.label],
        ),
      );
    }
    this.element.append(notice);
    while (this.element.childElementCount > NOTICES_MAX) this.element.firstElementChild?.remove();
    setTimeout(remove, SHOWN_MS);
  }
}
