import type { EntityId } from '@vicinity/sdk';
import type { PerspectiveCamera } from 'three';
import { el, iconButton } from '../ui/element.js';
import { linkOf } from './address-policy.js';
import type { EntityScene } from './entity-scene.js';
import { Picking } from './picking.js';

/** Links further away are not meant, in metres. */
const REACH_M = 25;

/** Where a click on a thing leads: shown first, and opened in a window of its own, where it can do nothing to this page. */
export class EntityLinks {
  readonly element = el('div', { class: 'link-card', hidden: true, role: 'dialog', 'aria-label': 'A link' });
  private readonly picking: Picking;

  constructor(
    private readonly things: EntityScene,
    canvas: HTMLElement,
    camera: PerspectiveCamera,
  ) {
    this.picking = new Picking(canvas, camera);
  }

  /** Somebody has clicked on the world. */
  handleClick({ clientX, clientY }: PointerEvent): void {
    const isWanted = (id: EntityId): boolean => !this.things.anchorOf(id)?.values.truth('ignorePickIntersection');
    const found = this.picking.pick(clientX, clientY, [this.things.group], isWanted);
    const link = found && found.distanceM < REACH_M ? this.linkOfEntity(found.id) : undefined;
    if (link) this.show(link);
    else this.close();
  }

  close(): void {
    this.element.hidden = true;
  }

  private linkOfEntity(id: EntityId): URL | undefined {
    const values = this.things.anchorOf(id)?.values;
    if (!values) return undefined;
    return linkOf(values.text('href')) ?? (values.type === 'Web' ? linkOf(values.text('sourceUrl')) : undefined);
  }

  private show(link: URL): void {
    const open = el('a', { class: 'primary', href: link.href, target: '_blank', rel: 'noopener noreferrer' }, ['Open']);
    open.addEventListener('click', () => this.close());
    // The host first: it says whom one trusts; the rest can be made to look like anything.
    this.element.replaceChildren(
      el('p', {}, ['This leads to ', el('b', {}, [link.host])]),
      el('p', { class: 'hint address' }, [link.href.slice(0, 300)]),
      el('div', { class: 'row' }, [open, iconButton('close', 'Close', () => this.close())]),
    );
    this.element.hidden = false;
    open.focus({ preventScroll: true });
  }
}
