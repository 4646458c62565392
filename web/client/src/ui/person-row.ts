import type { RemoteAvatar, WorldClient } from '@vicinity/sdk';
import { cssColour, el, icon } from './element.js';

/** Loudest that the slider makes a person, in percent: +6 dB. */
const VOLUME_PERCENT_MAX = 200;

let rowCount = 0;

/**
 * Somebody else in the list of people: a line that opens, and behind it the volume of this person, ignoring and hearing only
 * this one. The element stays the same as long as the person is here, so that a slider can be dragged and a focus kept.
 */
export class PersonRow {
  readonly element: HTMLLIElement;
  private readonly dot = el('span', { class: 'person-dot' });
  private readonly name = el('span', { class: 'person-name' });
  private readonly speaking = el('span', { class: 'sr-only' });
  private readonly mark = el('span', { class: 'person-mark' });
  private readonly where = el('span', { class: 'person-where' });
  private readonly head: HTMLButtonElement;
  private readonly controls: HTMLElement;
  private readonly slider: HTMLInputElement;
  private readonly percent = el('output', { class: 'person-percent' });
  private readonly ignore: HTMLButtonElement;
  private readonly solo: HTMLButtonElement;

  constructor(
    private readonly client: WorldClient,
    /** Whom this row shows. */
    readonly avatar: RemoteAvatar,
  ) {
    const id = `person-${++rowCount}`;
    const { hearing } = client;
    const { sessionId } = avatar;
    this.slider = el('input', {
      type: 'range',
      min: 0,
      max: VOLUME_PERCENT_MAX,
      step: 5,
      oninput: () => this.attempt(() => hearing.setGain(sessionId, this.slider.valueAsNumber / 100)),
    });
    this.ignore = toggleButton('Ignore', () =>
      this.attempt(() => hearing.ignore(sessionId, !hearing.isIgnored(sessionId))),
    );
    this.solo = toggleButton('Hear only this one', () => this.toggleSolo());
    this.controls = el('div', { class: 'person-controls', id, hidden: true }, [
      el('label', { class: 'person-volume' }, [icon('volume'), this.slider, this.percent]),
      el('div', { class: 'person-buttons' }, [this.ignore, this.solo]),
    ]);
    this.head = el(
      'button',
      {
        type: 'button',
        class: 'person-head',
        'aria-expanded': 'false',
        'aria-controls': id,
        onclick: () => this.setOpen(this.controls.hidden),
      },
      [this.dot, this.name, this.speaking, this.mark, this.where],
    );
    this.element = el('li', {}, [this.head, this.controls]);
    this.showWishes();
  }

  /** Called a few times a second. @param metres  Infinity when nobody knows where the person is */
  update(metres: number, nowMs: number): void {
    const isSpeaking = this.avatar.isSpeaking(nowMs);
    const { name, traits } = this.avatar;
    setText(this.name, name);
    setText(this.where, metres < 10 ? `${metres.toFixed(1)} m` : metres < Infinity ? `${Math.round(metres)} m` : '');
    setText(this.speaking, isSpeaking ? 'speaking' : '');
    this.dot.style.backgroundColor = cssColour(traits.colour);
    this.element.classList.toggle('speaking', isSpeaking);
    this.slider.setAttribute('aria-label', `Volume of ${name}`);
    this.ignore.setAttribute('aria-label', `Ignore ${name}: neither of you hears the other`);
    this.ignore.title = 'Neither of you hears the other.';
    this.solo.setAttribute('aria-label', `Hear only ${name}`);
  }

  /** Shows what is wished about this person. */
  showWishes(): void {
    const { hearing } = this.client;
    const { sessionId } = this.avatar;
    const percent = Math.round(hearing.gainOf(sessionId) * 100);
    const isIgnored = hearing.isIgnored(sessionId);
    const isSolo = hearing.soloed.has(sessionId);
    this.slider.value = String(percent);
    this.slider.setAttribute('aria-valuetext', `${percent} percent`);
    this.slider.disabled = isIgnored;
    setText(this.percent, `${percent} %`);
    this.ignore.setAttribute('aria-pressed', String(isIgnored));
    this.solo.setAttribute('aria-pressed', String(isSolo));
    const isSilent = isIgnored || (hearing.soloed.size > 0 && !isSolo) || percent === 0;
    this.element.classList.toggle('unheard', isSilent);
    setText(this.mark, isIgnored ? 'ignored' : isSolo ? 'only' : percent !== 100 ? `${percent} %` : '');
  }

  private setOpen(isOpen: boolean): void {
    this.controls.hidden = !isOpen;
    this.head.setAttribute('aria-expanded', String(isOpen));
  }

  private toggleSolo(): void {
    const people = new Set(this.client.hearing.soloed);
    if (!people.delete(this.avatar.sessionId)) people.add(this.avatar.sessionId);
    this.attempt(() => this.client.hearing.solo(people));
  }

  /** With hundreds of people treated differently there is no room for one more: the control shows that nothing happened. */
  private attempt(wish: () => void): void {
    try {
      wish();
    } catch {
      this.showWishes();
    }
  }
}

function toggleButton(label: string, onClick: () => void): HTMLButtonElement {
  return el('button', { type: 'button', class: 'quiet toggle', 'aria-pressed': 'false', onclick: onClick }, [label]);
}

/** Unchanged text is left alone, because a changed one is read out. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
