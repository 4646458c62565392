import type { EntityId, EntityProperties, SessionId } from '@app/world';
import type { MessageOf } from '@app/wire';
import type { Clock } from '../clock.js';
import type { RequestNumbers } from '../request-numbers.js';
import { EditHistory } from './edit-history.js';
import { nameEdits, packEdits } from './edit-packing.js';
import { EditRequests } from './edit-requests.js';
import type { EntityStore } from './entity-store.js';
import type { EditOptions, EditResult, EntityEdit } from './entity-types.js';
import { Previews } from './previews.js';
import type { RemoteEntity } from './remote-entity.js';

/** What this person's edits are made with. */
export interface OwnEditsPorts {
  readonly clock: Clock;
  readonly numbers: RequestNumbers;
  /** Our session; 0 when there is none. */
  ownId(): SessionId;
}

/** What this person does to entities: asked for, shown before it is done, remembered so that it can be undone. */
export class OwnEdits {
  readonly history: EditHistory;
  private readonly requests: EditRequests;
  private readonly previews: Previews;

  /** @param onPreviewed  an entity shows something else; the names are those of properties that may differ */
  constructor(
    ports: OwnEditsPorts,
    private readonly store: EntityStore,
    onPreviewed: (entity: RemoteEntity, names: ReadonlySet<string>) => void,
  ) {
    this.requests = new EditRequests(ports.clock, ports.numbers);
    this.previews = new Previews(ports.clock, (entity, names) => {
      store.reattach(entity);
      onPreviewed(entity, names);
    });
    this.history = new EditHistory({
      get: (id) => store.get(id),
      childrenOf: (id) => store.childrenOf(id),
      edit: (edits, options) => this.edit(edits, options),
      get ownId() {
        return ports.ownId();
      },
    });
  }

  /** Edits that the server has not answered. */
  get unansweredCount(): number {
    return this.requests.count;
  }

  /** Does several edits, all or none; see EntityView. */
  async edit(given: readonly EntityEdit[], options: EditOptions = {}): Promise<EditResult> {
    const edits = nameEdits(given);
    const note = options.isUndoable === false ? undefined : this.history.prepare(edits, options.step);
    const asked = this.requests.ask((request) => packEdits(request, edits));
    const settle = options.isPreviewed ? this.previewEdits(edits) : undefined;
    try {
      const result = await asked;
      note?.();
      settle?.(result);
      return result;
    } catch (error) {
      settle?.(undefined);
      throw error;
    }
  }

  /** Shows an entity with other values, until it is called without any. */
  preview(id: EntityId, properties: EntityProperties | undefined): void {
    const entity = this.store.get(id);
    if (entity) this.previews.set(entity, properties);
  }

  /** The server has told what an entity is. */
  handleTold(entity: RemoteEntity): void {
    this.previews.handleTold(entity);
  }

  /** A message of the reliable channel. Returns whether it was for us. */
  handle(message: MessageOf<'ServerReliable'>): boolean {
    return this.requests.handle(message);
  }

  /** An entity is not known any more. */
  forget(id: EntityId): void {
    this.previews.forget(id);
  }

  /** There is a link again. @param isSameSession  what was asked for before may still be answered */
  attach(send: (bytes: Uint8Array) => boolean, isSameSession: boolean): void {
    this.requests.attach(send, isSameSession);
  }

  detach(): void {
    this.requests.detach();
  }

  /** This person has left: what is unanswered stays so. */
  close(): void {
    this.requests.close();
  }

  /** Nothing is shown that was not told. */
  clearPreviews(): void {
    this.previews.clear();
  }

  private previewEdits(edits: readonly EntityEdit[]): (result: EditResult | undefined) => void {
    const tickets = edits.flatMap((edit, index) => {
      const entity = edit.kind === 'change' && edit.properties ? this.store.get(edit.id) : undefined;
      if (edit.kind !== 'change' || !entity) return [];
      return [{ id: edit.id, index, ticket: this.previews.begin(entity, edit.properties ?? {}) }];
    });
    return (result) => {
      for (const { id, index, ticket } of tickets) this.previews.end(id, ticket, result?.results[index]?.revision);
    };
  }
}
