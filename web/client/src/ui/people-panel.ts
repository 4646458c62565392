import { distance } from '@app/spatial';
import type { RemoteAvatar, WorldClient } from '@vicinity/sdk';
import { cssColour, el } from './element.js';

const ROWS_MAX = 100;

/** Who is here: nearest first, with a sign for those who speak. */
export class PeoplePanel {
  private readonly list = el('ul', { class: 'people-list' });
  readonly element = el('section', { class: 'panel people', 'aria-label': 'People', hidden: true }, [
    el('h2', {}, ['People']),
    this.list,
  ]);

  constructor(private readonly client: WorldClient) {}

  setOpen(isOpen: boolean): void {
    this.element.hidden = !isOpen;
    this.update();
  }

  /** Called a few times a second while it is open. */
  update(): void {
    if (this.element.hidden) return;
    const { avatars, localAvatar } = this.client;
    const here = localAvatar.pose.position;
    const nowMs = this.client.nowMs();
    const others = [...avatars]
      .map((avatar) => ({ avatar, metres: avatar.received ? distance(here, avatar.latestPose.position) : Infinity }))
      .sort((a, b) => a.metres - b.metres);
    const own = this.row(
      localAvatar.traits.name,
      localAvatar.traits.colour ?? 0,
      this.client.microphone.isSpeaking(),
      'you',
    );
    const rows = others.slice(0, ROWS_MAX).map(({ avatar, metres }) => this.rowOf(avatar, metres, nowMs));
    if (others.length > ROWS_MAX) rows.push(el('li', { class: 'hint' }, [`and ${others.length - ROWS_MAX} more`]));
    this.list.replaceChildren(own, ...rows);
  }

  private rowOf(avatar: RemoteAvatar, metres: number, nowMs: number): HTMLElement {
    const where = Number.isFinite(metres) ? `${metres < 10 ? metres.toFixed(1) : Math.round(metres)} m` : '';
    return this.row(avatar.name, avatar.traits.colour, avatar.isSpeaking(nowMs), where);
  }

  private row(name: string, colour: number, isSpeaking: boolean, where: string): HTMLElement {
    const dot = el('span', { class: 'person-dot' });
    dot.style.backgroundColor = cssColour(colour);
    const speaking = el('span', { class: 'sr-only' }, [isSpeaking ? 'speaking' : '']);
    return el('li', { class: isSpeaking ? 'speaking' : '' }, [
      dot,
      el('span', { class: 'person-name' }, [name]),
      speaking,
      el('span', { class: 'person-where' }, [where]),
    ]);
  }
}
