import type { EntityId, RemoteEntity, Vec3, WorldClient } from '@vicinity/sdk';
import { el, icon } from '../ui/element.js';
import { typeLabel } from './new-entity.js';

const ROWS_MAX = 150;
/** The list is made anew this often while it is open, in ms, and less often when it is very long. */
const UPDATE_INTERVAL_MS = 500;
const UPDATE_MS_PER_THING = 0.05;

interface Row {
  element: HTMLLIElement;
  button: HTMLButtonElement;
  name: HTMLElement;
  where: HTMLElement;
  lock: SVGSVGElement;
}

/** All things that this client knows, nearest first, to be searched and chosen. */
export class EntityList {
  private readonly search: HTMLInputElement;
  private readonly rows = new Map<EntityId, Row>();
  private readonly list = el('ul', { class: 'thing-list' });
  private readonly count = el('span', { class: 'hint', role: 'status' });
  private readonly empty = el('p', { class: 'hint', hidden: true });
  readonly element: HTMLElement;
  private chosen: EntityId | undefined;
  private updatedAtMs = -Infinity;

  constructor(
    private readonly client: WorldClient,
    /** Where a thing is drawn; undefined when it is nowhere. */
    private readonly placeOf: (id: EntityId) => Vec3 | undefined,
    private readonly onChoose: (id: EntityId) => void,
  ) {
    this.search = el('input', {
      type: 'text',
      placeholder: 'Name, type or id…',
      'aria-label': 'Search things',
      autocomplete: 'off',
      oninput: () => this.rebuild(),
    });
    this.element = el('section', { class: 'panel things', 'aria-label': 'Things in this world' }, [
      el('header', { class: 'sheet-head' }, [el('h2', {}, ['Things']), this.count]),
      this.search,
      this.empty,
      this.list,
    ]);
  }

  /** Marks the chosen one. */
  choose(id: EntityId | undefined): void {
    this.chosen = id;
    this.rebuild();
  }

  /** For each frame while it is open. */
  update(nowMs: number): void {
    if (nowMs - this.updatedAtMs < UPDATE_INTERVAL_MS + this.client.entities.size * UPDATE_MS_PER_THING) return;
    this.updatedAtMs = nowMs;
    this.rebuild();
  }

  private rebuild(): void {
    const { entities, localAvatar } = this.client;
    const here = localAvatar.pose.position;
    const words = this.search.value.trim().toLowerCase();
    const found = [...entities]
      .filter((entity) => words === '' || isFound(entity, words))
      .map((entity) => ({ entity, metres: distanceTo(this.placeOf(entity.id), here) }))
      .sort((a, b) => a.metres - b.metres);
    const shown = found.slice(0, ROWS_MAX);
    this.count.textContent =
      found.length > ROWS_MAX ? `${ROWS_MAX} of ${found.length}` : found.length === 0 ? 'none' : String(found.length);
    this.empty.hidden = found.length > 0;
    this.empty.textContent =
      words === '' ? 'Nothing is here yet. Press + to make something.' : 'Nothing is called that.';
    const kept = new Set(shown.map(({ entity }) => entity.id));
    for (const id of this.rows.keys()) if (!kept.has(id)) this.rows.delete(id);
    const elements = shown.map(({ entity, metres }) => this.show(entity, metres).element);
    // While somebody works in the list, nothing moves away under the hand.
    const isInUse = this.list.contains(document.activeElement) || this.list.matches(':hover');
    const hasSame =
      this.list.childElementCount === elements.length && elements.every((each) => each.parentNode === this.list);
    if (isInUse && hasSame) return;
    if (elements.some((each, index) => this.list.children[index] !== each) || !hasSame) {
      this.list.replaceChildren(...elements);
    }
  }

  private show(entity: RemoteEntity, metres: number): Row {
    let row = this.rows.get(entity.id);
    if (!row) this.rows.set(entity.id, (row = this.make(entity.id)));
    const { name, locked, visible } = entity.shown;
    const words = typeof name === 'string' && name !== '' ? name : '';
    const kind = typeLabel(entity.type);
    row.name.replaceChildren(words || kind, ...(words ? [el('small', {}, [` ${kind}`])] : []));
    row.name.classList.toggle('is-hidden', visible === false);
    row.lock.style.display = locked === true ? '' : 'none';
    row.where.textContent = metres === Infinity ? '' : `${metres < 10 ? metres.toFixed(1) : Math.round(metres)} m`;
    row.button.setAttribute('aria-pressed', String(entity.id === this.chosen));
    return row;
  }

  private make(id: EntityId): Row {
    const name = el('span', { class: 'thing-name' });
    const where = el('span', { class: 'person-where' });
    const lock = icon('lock');
    const button = el('button', { type: 'button', class: 'thing', onclick: () => this.onChoose(id) }, [
      name,
      lock,
      where,
    ]);
    return { element: el('li', {}, [button]), button, name, where, lock };
  }
}

function isFound({ id, type, shown }: RemoteEntity, words: string): boolean {
  const name = typeof shown.name === 'string' ? shown.name : '';
  return `${name} ${typeLabel(type)} ${type} ${id}`.toLowerCase().includes(words);
}

function distanceTo(position: Vec3 | undefined, here: Vec3): number {
  if (!position) return Infinity;
  return Math.hypot(position.x - here.x, position.y - here.y, position.z - here.z);
}
