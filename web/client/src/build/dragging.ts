import type { EntityId, EntityProperties, WorldClient } from '@vicinity/sdk';
import type { EntityScene } from '../entities/entity-scene.js';
import type { Notices } from '../ui/notices.js';
import { DragSender } from './drag-sender.js';
import { sentenceFor } from './edit-failure.js';
import { inFrameOf } from './handle-math.js';
import { type HandleChange, type HandleMode, propertiesOf } from './handles.js';

let drags = 0;

/** What is dragged at the moment, and how that becomes edits. */
export class Dragging {
  private sender: DragSender | undefined;
  /** The hand has let go of these, and the server has not answered yet. */
  private readonly ending = new Map<EntityId, DragSender>();

  constructor(
    private readonly client: WorldClient,
    private readonly things: EntityScene,
    private readonly notices: Notices,
  ) {}

  begin(id: EntityId): void {
    const { entities } = this.client;
    const step = `drag ${++drags}`;
    // What physics moves would fall out of the hand.
    const isHeld = this.things.anchorOf(id)?.values.truth('dynamic') === true;
    if (isHeld) entities.claim(id);
    this.ending.get(id)?.abandon();
    this.sender = new DragSender(id, {
      nowMs: () => performance.now(),
      preview: (properties) => entities.preview(id, properties),
      change: async (properties: EntityProperties, expectedRevision) => {
        const { results } = await entities.change(id, properties, { step, expectedRevision });
        return results[0]?.revision ?? 0;
      },
      told: () => entities.get(id)?.told,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
  }

  move(change: HandleChange, mode: HandleMode): void {
    const { sender } = this;
    const entity = sender && this.client.entities.get(sender.id);
    if (!sender || !entity) return;
    const { parentId } = entity;
    const parent = parentId === undefined ? undefined : this.client.entities.transformOf(parentId);
    sender.update(propertiesOf(change, mode, (place) => inFrameOf(parent, place)));
  }

  /** For each frame. */
  handleFrame(): void {
    this.sender?.handleFrame();
  }

  async end(): Promise<void> {
    const { sender } = this;
    this.sender = undefined;
    if (!sender) return;
    this.ending.set(sender.id, sender);
    try {
      const outcome = await sender.finish();
      if (outcome === 'overtaken')
        this.notices.show('Somebody else has moved it meanwhile. It stays where they put it.');
    } catch (error) {
      this.notices.show(sentenceFor(error));
    } finally {
      if (this.ending.get(sender.id) === sender) this.ending.delete(sender.id);
      if (!this.isInHand(sender.id)) this.client.entities.letGo(sender.id);
    }
  }

  private isInHand(id: EntityId): boolean {
    return this.sender?.id === id;
  }
}
