import { defaultOf, type EntityId, type EntityProperties, type EntityValue } from '@app/world';
import type { EntityAuthor } from './entity-types.js';

/** What the server has told about an entity. */
export interface EntityFacts {
  readonly type: string;
  readonly properties: EntityProperties;
  readonly revision: number;
  readonly sequence: number;
  readonly createdAtMs: number;
  readonly editedAtMs: number;
  readonly movedAtMs: number;
  readonly createdBy: EntityAuthor;
  readonly editedBy: EntityAuthor;
}

/** A thing in the world, as far as this client has been told. The same object for as long as it is known. */
export class RemoteEntity {
  private above: EntityProperties | undefined;
  private merged: EntityProperties | undefined;

  constructor(
    readonly id: EntityId,
    private facts: EntityFacts,
  ) {}

  /** Everything that the server has told, as one value that never changes. */
  get told(): EntityFacts {
    return this.facts;
  }

  /** For example `Box`; may be one that this client does not know. */
  get type(): string {
    return this.facts.type;
  }

  /** Exactly what the server has told; what is absent has its default. */
  get properties(): EntityProperties {
    return this.facts.properties;
  }

  /** What is to be shown: the server's properties with a preview over them, without defaults. */
  get shown(): EntityProperties {
    this.merged ??= this.above ? { ...this.facts.properties, ...this.above } : this.facts.properties;
    return this.merged;
  }

  /** Rises with each change. */
  get revision(): number {
    return this.facts.revision;
  }

  /** Place in the world's log of the last change. */
  get sequence(): number {
    return this.facts.sequence;
  }

  /** Milliseconds since 1970-01-01 UTC. */
  get createdAtMs(): number {
    return this.facts.createdAtMs;
  }

  /** Milliseconds since 1970-01-01 UTC. */
  get editedAtMs(): number {
    return this.facts.editedAtMs;
  }

  /** Position and velocities among `properties` are those of this moment, ms since 1970-01-01 UTC by the server's clock. */
  get movedAtMs(): number {
    return this.facts.movedAtMs;
  }

  get createdBy(): EntityAuthor {
    return this.facts.createdBy;
  }

  get editedBy(): EntityAuthor {
    return this.facts.editedBy;
  }

  /** The entity that it is attached to; undefined when there is none. */
  get parentId(): EntityId | undefined {
    const id = this.shown.parentID;
    return typeof id === 'string' && id !== '' && id !== NO_PARENT ? id : undefined;
  }

  /** What a property is now: preview, else the server's value, else the default of its type; null when there is none. */
  get(name: string): EntityValue {
    const { shown } = this;
    return Object.hasOwn(shown, name) ? shown[name] : defaultOf(this.type, name);
  }

  /** Whether something is shown that the server has not confirmed. */
  get isPreviewed(): boolean {
    return this.above !== undefined;
  }

  /** Whether what is shown over the facts says where it is. */
  get isDragged(): boolean {
    const { above } = this;
    return above !== undefined && ('position' in above || 'rotation' in above);
  }

  /** For the view: what is shown over the facts. */
  get overlay(): EntityProperties | undefined {
    return this.above;
  }

  /** For the view: other facts. */
  handleFacts(facts: EntityFacts): void {
    this.facts = facts;
    this.merged = undefined;
  }

  /** For the view: what is shown over the facts; undefined for nothing. */
  setOverlay(overlay: EntityProperties | undefined): void {
    this.above = overlay;
    this.merged = undefined;
  }
}

const NO_PARENT = '00000000-0000-0000-0000-000000000000';
