import type { EntityId, EntityProperties } from '@app/world';
import type { Clock, Timer } from '../clock.js';
import type { RemoteEntity } from './remote-entity.js';

/** Entities with a preview. */
const PREVIEWS_MAX = 2_000;
/** News of an edit that is done come after this time or never, in ms. */
const NEWS_WAIT_MS = 2_000;

interface Preview {
  entity: RemoteEntity;
  /** The newest edit that is under way; 0 for a preview by hand. */
  ticket: number;
  /** Shown until the entity has this revision. */
  untilRevision: number | undefined;
  timer: Timer | undefined;
}

/** What is shown over what the server has told: drags, and edits that have not been answered. */
export class Previews {
  private readonly previews = new Map<EntityId, Preview>();
  private lastTicket = 0;

  /** @param onChanged  an entity shows something else; the names are those of properties that may differ */
  constructor(
    private readonly clock: Clock,
    private readonly onChanged: (entity: RemoteEntity, names: ReadonlySet<string>) => void,
  ) {}

  /** Shows these values, and no others, over an entity; undefined shows it as it is. */
  set(entity: RemoteEntity, properties: EntityProperties | undefined): void {
    if (properties) this.show(entity, properties, 0);
    else this.drop(entity.id);
  }

  /** Shows values until the edit that they are of has been told, or refused. Returns a ticket for `end`. */
  begin(entity: RemoteEntity, properties: EntityProperties): number {
    const ticket = ++this.lastTicket;
    this.show(entity, { ...entity.overlay, ...properties }, ticket);
    return ticket;
  }

  /** An edit was answered. @param revision  the entity's new one; undefined when the edit was refused */
  end(id: EntityId, ticket: number, revision: number | undefined): void {
    const preview = this.previews.get(id);
    // A newer edit is under way: it takes the preview away.
    if (preview?.ticket !== ticket) return;
    if (revision === undefined || preview.entity.revision >= revision) return this.drop(id);
    preview.untilRevision = revision;
    preview.timer = this.clock.after(NEWS_WAIT_MS, () => this.drop(id));
  }

  /** The server has told something about an entity. */
  handleTold({ id, revision }: RemoteEntity): void {
    const until = this.previews.get(id)?.untilRevision;
    if (until !== undefined && revision >= until) this.drop(id);
  }

  /** The entity is gone. */
  forget(id: EntityId): void {
    this.previews.get(id)?.timer?.cancel();
    this.previews.delete(id);
  }

  clear(): void {
    for (const id of [...this.previews.keys()]) this.forget(id);
  }

  private show(entity: RemoteEntity, properties: EntityProperties, ticket: number): void {
    const known = this.previews.get(entity.id);
    if (!known && this.previews.size >= PREVIEWS_MAX) return;
    known?.timer?.cancel();
    const names = new Set([...Object.keys(entity.overlay ?? {}), ...Object.keys(properties)]);
    this.previews.set(entity.id, { entity, ticket, untilRevision: undefined, timer: undefined });
    entity.setOverlay(properties);
    this.onChanged(entity, names);
  }

  private drop(id: EntityId): void {
    const preview = this.previews.get(id);
    if (!preview) return;
    this.forget(id);
    const names = new Set(Object.keys(preview.entity.overlay ?? {}));
    preview.entity.setOverlay(undefined);
    this.onChanged(preview.entity, names);
  }
}
