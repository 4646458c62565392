import { distance } from '@app/spatial';
import type { RemoteAvatar, SessionId, WorldClient } from '@vicinity/sdk';
import { cssColour, el } from './element.js';
import { PersonRow } from './person-row.js';

const ROWS_MAX = 100;

/** Who is here: nearest first, with a sign for those who speak, and how each of them is heard. */
export class PeoplePanel {
  private readonly own = el('li', { class: 'person-own' });
  private readonly more = el('li', { class: 'hint' });
  private readonly lost = el('p', { class: 'hint', role: 'status', hidden: true }, [
    'You were with these people. Who is here now you see when you are connected again.',
  ]);
  private readonly list = el('ul', { class: 'people-list' });
  private readonly soloCount = el('span');
  private readonly soloHint: HTMLElement;
  readonly element: HTMLElement;
  private readonly rows = new Map<SessionId, PersonRow>();

  constructor(private readonly client: WorldClient) {
    const { hearing } = client;
    this.soloHint = el('div', { class: 'solo-hint', role: 'status', hidden: true }, [
      this.soloCount,
      el('button', { type: 'button', class: 'quiet', onclick: () => hearing.solo([]) }, ['Hear everybody']),
    ]);
    this.element = el('section', { class: 'panel people', 'aria-label': 'People', hidden: true }, [
      el('h2', {}, ['People']),
      this.lost,
      this.soloHint,
      this.list,
    ]);
    hearing.on('changed', () => this.showWishes());
  }

  setOpen(isOpen: boolean): void {
    this.element.hidden = !isOpen;
    if (isOpen) this.update();
    else this.rows.clear();
  }

  /** Called a few times a second while it is open. */
  update(): void {
    if (this.element.hidden) return;
    const { avatars, localAvatar } = this.client;
    this.lost.hidden = this.client.state === 'connected';
    const here = localAvatar.pose.position;
    const nowMs = this.client.nowMs();
    const others = [...avatars]
      .map((avatar) => ({ avatar, metres: avatar.received ? distance(here, avatar.latestPose.position) : Infinity }))
      .sort((a, b) => a.metres - b.metres)
      .slice(0, ROWS_MAX);
    const shown = new Set(others.map(({ avatar }) => avatar.sessionId));
    for (const sessionId of this.rows.keys()) if (!shown.has(sessionId)) this.rows.delete(sessionId);
    const rows = others.map(({ avatar, metres }) => {
      const row = this.rowOf(avatar);
      row.update(metres, nowMs);
      return row.element;
    });
    this.showOwn();
    const moreCount = avatars.size - rows.length;
    this.more.textContent = `and ${moreCount} more`;
    this.arrange([this.own, ...rows, ...(moreCount > 0 ? [this.more] : [])]);
    this.showSolo();
  }

  private rowOf(avatar: RemoteAvatar): PersonRow {
    const row = this.rows.get(avatar.sessionId);
    // Somebody who comes back is another avatar of the same session.
    if (row?.avatar === avatar) return row;
    const made = new PersonRow(this.client, avatar);
    this.rows.set(avatar.sessionId, made);
    return made;
  }

  /** Brings the list into this order; while somebody works in it, nothing moves away under the hand. */
  private arrange(items: HTMLElement[]): void {
    const isInUse = this.list.contains(document.activeElement) || this.list.matches(':hover');
    const kept = new Set<Element>(items);
    for (const child of [...this.list.children]) if (!kept.has(child)) child.remove();
    if (isInUse) this.list.append(...items.filter((item) => item.parentNode !== this.list));
    else if (items.some((item, index) => this.list.children[index] !== item)) this.list.replaceChildren(...items);
  }

  private showOwn(): void {
    const { name, colour } = this.client.localAvatar.traits;
    const isSpeaking = this.client.state === 'connected' && this.client.microphone.isSpeaking();
    const dot = el('span', { class: 'person-dot' });
    dot.style.backgroundColor = cssColour(colour ?? 0);
    this.own.classList.toggle('speaking', isSpeaking);
    this.own.replaceChildren(
      dot,
      el('span', { class: 'person-name' }, [name]),
      el('span', { class: 'sr-only' }, [isSpeaking ? 'speaking' : '']),
      el('span', { class: 'person-where' }, ['you']),
    );
  }

  private showWishes(): void {
    for (const row of this.rows.values()) row.showWishes();
    this.showSolo();
  }

  /** Whoever is heard alone may have left: there must be a way back that does not need them. */
  private showSolo(): void {
    const { size } = this.client.hearing.soloed;
    this.soloHint.hidden = size === 0;
    this.soloCount.textContent = size === 1 ? 'You hear one person only.' : `You hear ${size} people only.`;
  }
}
