import { type EntityId, EntityError, type EntityProperties, type EntityValue, type WorldClient } from '@vicinity/sdk';
import { el, iconButton } from '../ui/element.js';
import { sentenceFor } from './edit-failure.js';
import { type FieldControl, makeControl } from './field-controls.js';
import { todoOf, typeLabel } from './new-entity.js';
import { overlap, type PageRect } from './sheet-cover.js';
import { changeOf, isAbout, labelOf, sheetSections, type SheetRow } from './sheet-model.js';

/** Sections that are open at first: those of the type and of the place. */
const OPEN_SECTIONS = 2;
/** In windows up to this width the sheet takes a third of the page, or more, in pixels; as in build.css. */
const SMALL_PX = 1000;
/** In windows up to this width it lies across the page. */
const NARROW_PX = 720;

interface Field {
  row: SheetRow;
  control: FieldControl;
  fault: HTMLElement;
  element: HTMLElement;
  reset: HTMLButtonElement | undefined;
}

/** What the sheet asks of build mode. */
export interface SheetActions {
  duplicate(): void;
  erase(): void;
  close(): void;
  /** Why the entity is not shown as it should be. */
  troubleOf(id: EntityId): string | undefined;
}

/** Everything about the chosen thing, to be changed; each fault stands at its field. */
export class PropertySheet {
  private readonly title = el('h2');
  private readonly author = el('p', { class: 'hint' });
  private readonly todo = el('p', { class: 'hint todo', role: 'status', hidden: true });
  private readonly trouble = el('p', { class: 'notice', role: 'status', hidden: true });
  private readonly fault = el('p', { class: 'notice', role: 'alert', hidden: true });
  private readonly body = el('div', { class: 'sheet-body' });
  private readonly lock: HTMLButtonElement;
  /** Everything but the head can be folded away. */
  private readonly fold: HTMLButtonElement;
  private readonly erase: HTMLButtonElement;
  readonly element: HTMLElement;
  private id: EntityId | undefined;
  private type = '';
  private names = '';
  private mayCover = false;
  private fields: Field[] = [];

  constructor(
    private readonly client: WorldClient,
    private readonly actions: SheetActions,
  ) {
    this.lock = iconButton('lock', 'Lock', () => this.toggleLock());
    this.erase = iconButton('trash', 'Delete (Del)', () => actions.erase());
    this.fold = iconButton('settings', 'Show its properties', () => this.setFolded(!this.isFolded));
    this.element = el('section', { class: 'panel sheet', 'aria-label': 'Properties', hidden: true }, [
      el('header', { class: 'sheet-head' }, [
        this.title,
        this.fold,
        this.lock,
        iconButton('copy', 'Duplicate (Ctrl+D)', () => actions.duplicate()),
        this.erase,
        iconButton('close', 'Choose nothing (Escape)', () => actions.close()),
      ]),
      this.author,
      this.todo,
      this.trouble,
      this.fault,
      this.body,
    ]);
  }

  /** Shows another entity; undefined shows none. */
  choose(id: EntityId | undefined): void {
    const widthPx = window.innerWidth;
    const isBetween = widthPx > NARROW_PX && widthPx <= SMALL_PX;
    if (this.id === undefined || isBetween) this.setFolded(widthPx <= SMALL_PX);
    this.mayCover = isBetween;
    this.id = id;
    this.names = '';
    this.element.hidden = id === undefined;
    this.update();
  }

  /**
   * In a small window it is folded until it is known where the chosen thing is, and stays so when it would lie over that.
   * Then the person decides. @param where  the thing is, on the page
   */
  makeRoom(where: () => PageRect | undefined): void {
    if (!this.mayCover) return;
    this.setFolded(false);
    const thing = where();
    this.setFolded(thing !== undefined && overlap(thing, this.element.getBoundingClientRect()));
  }

  /** The entity has changed. */
  update(): void {
    const entity = this.id === undefined ? undefined : this.client.entities.get(this.id);
    if (!entity) return;
    const { type, shown } = entity;
    // Fields are made anew only when there are others, so that nobody loses the one they are in.
    const names = `${entity.id} ${type} ${Object.keys(shown).sort().join()}`;
    if (names !== this.names) this.build(type, shown);
    this.names = names;
    const isLocked = shown.locked === true;
    this.title.textContent = (typeof shown.name === 'string' && shown.name) || typeLabel(type);
    const todo = todoOf(type, shown);
    this.todo.hidden = todo === undefined;
    this.todo.textContent = todo ?? '';
    this.author.textContent = `${type}, last changed by ${entity.editedBy.name || 'the server'}`;
    this.lock.setAttribute('aria-pressed', String(isLocked));
    this.lock.title = isLocked ? 'Locked: unlock it to change it' : 'Lock it against changes';
    this.erase.disabled = isLocked;
    const trouble = this.actions.troubleOf(entity.id);
    this.trouble.hidden = trouble === undefined;
    this.trouble.textContent = trouble ?? '';
    this.showValues(type, shown, isLocked);
  }

  private get isFolded(): boolean {
    return this.element.classList.contains('is-folded');
  }

  private setFolded(isFolded: boolean): void {
    this.mayCover = false;
    this.element.classList.toggle('is-folded', isFolded);
    this.fold.setAttribute('aria-expanded', String(!isFolded));
  }

  private showValues(type: string, shown: EntityProperties, isLocked: boolean): void {
    const rows = new Map<string, SheetRow>();
    const collect = (row: SheetRow): void => {
      rows.set(row.path, row);
      row.rows.forEach(collect);
    };
    for (const section of sheetSections(type, shown)) section.rows.forEach(collect);
    for (const field of this.fields) {
      const row = rows.get(field.row.path);
      if (!row) continue;
      field.control.show(row.value);
      field.control.setDisabled(isLocked && row.path !== 'locked');
      field.element.classList.toggle('is-default', !row.isSet);
      if (field.reset) field.reset.hidden = !row.isSet || isLocked;
    }
  }

  private build(type: string, shown: EntityProperties): void {
    this.type = type;
    this.fields = [];
    this.clearFault();
    const open = new Set(
      [...this.body.querySelectorAll('details[open]')].map((each) => each.getAttribute('data-title')),
    );
    const sections = sheetSections(type, shown);
    this.body.replaceChildren(
      ...sections.map(({ title, rows }, index) => {
        const key = index === 0 ? 'own' : title;
        const isOpen = open.size > 0 ? open.has(key) : index < OPEN_SECTIONS;
        // What a type has of its own stays open, or closed, from one type to the next.
        return this.section(key, index === 0 ? typeLabel(title) : title, rows, isOpen);
      }),
    );
  }

  private section(key: string, title: string, rows: readonly SheetRow[], isOpen: boolean): HTMLElement {
    return el('details', { open: isOpen, 'data-title': key }, [
      el('summary', {}, [title]),
      ...rows.map((row) =>
        row.rows.length > 0 ? this.section(row.path, labelOf(row.path), row.rows, false) : this.field(row),
      ),
    ]);
  }

  private field(row: SheetRow): HTMLElement {
    const { definition, path } = row;
    const label = labelOf(path);
    const fault = el('small', { class: 'field-fault', role: 'alert', hidden: true });
    const control = makeControl(row, label, {
      onValue: (value) => void this.change(path, value),
      onFault: (text) => this.showFault(path, text),
    });
    const isOwn = !path.includes('.');
    const reset =
      isOwn && definition
        ? iconButton('undo', `${label}: back to its default`, () => void this.reset(path))
        : undefined;
    reset?.classList.add('reset');
    // Rotations are shown as angles.
    const unitName = definition?.kind === 'rotation' ? '°' : definition?.unit;
    const unit = unitName ? ` (${unitName})` : '';
    const element = el('div', { class: 'property', title: definition?.help ?? 'Nobody here knows this property.' }, [
      el('span', { class: 'property-name' }, [label, el('small', {}, [unit])]),
      control.element,
      ...(reset ? [reset] : []),
      fault,
    ]);
    element.dataset.kind = definition?.kind ?? 'json';
    this.fields.push({ row, control, fault, element, reset });
    return element;
  }

  private async change(path: string, value: EntityValue): Promise<void> {
    const entity = this.id === undefined ? undefined : this.client.entities.get(this.id);
    if (!entity) return;
    this.clearFault();
    const change = changeOf(this.type, entity.shown, path, value);
    if ('text' in change) return this.showFault(change.field, change.text);
    await this.attempt(this.client.entities.change(entity.id, change.properties, { isPreviewed: true }));
  }

  private async reset(path: string): Promise<void> {
    if (this.id === undefined) return;
    this.clearFault();
    await this.attempt(this.client.entities.change(this.id, {}, { removed: [path] }));
  }

  private toggleLock(): void {
    const entity = this.id === undefined ? undefined : this.client.entities.get(this.id);
    if (entity) void this.change('locked', entity.shown.locked !== true);
  }

  private async attempt(edit: Promise<unknown>): Promise<void> {
    const { id } = this;
    try {
      await edit;
    } catch (error) {
      if (this.id !== id) return;
      const field = error instanceof EntityError ? error.field : '';
      this.showFault(field, sentenceFor(error));
      // What was typed is not what is.
      (document.activeElement as HTMLElement | null)?.blur();
      this.update();
    }
  }

  private showFault(field: string, text: string): void {
    const about = this.fields
      .filter(({ row }) => isAbout(row.path, field) || row.path === field)
      .sort((a, b) => b.row.path.length - a.row.path.length)[0];
    const place = about?.fault ?? this.fault;
    place.textContent = text;
    place.hidden = false;
    if (about) this.setFolded(false);
    about?.element.closest('details')?.setAttribute('open', '');
  }

  private clearFault(): void {
    this.fault.hidden = true;
    for (const { fault } of this.fields) fault.hidden = true;
  }
}
