import { Emitter, type EntityId, type EntityView } from '@vicinity/sdk';

/** The thing that is worked on. */
export class Selection extends Emitter<{ changed: EntityId | undefined }> {
  private current: EntityId | undefined;

  constructor(entities: EntityView) {
    super();
    entities.on('removed', ({ entity }) => {
      if (entity.id === this.current) this.choose(undefined);
    });
  }

  get id(): EntityId | undefined {
    return this.current;
  }

  choose(id: EntityId | undefined): void {
    if (id === this.current) return;
    this.current = id;
    this.emit('changed', id);
  }
}
