import { type EntityId, type EntityProperties, VicinityError, type WorldClient } from '@vicinity/sdk';
import type { EntityScene } from '../entities/entity-scene.js';
import type { Notices } from '../ui/notices.js';
import { DragSender } from './drag-sender.js';
import { inFrameOf } from './handle-math.js';
import { type HandleChange, type HandleMode, propertiesOf } from './handles.js';

/** News of somebody else's edit takes about so long to come, in ms. */
const SETTLE_MS = 150;

let drags = 0;

/** What is dragged at the moment, and how that becomes edits. */
export class Dragging {
  private sender: DragSender | undefined;

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
    this.sender = new DragSender(id, {
      nowMs: () => performance.now(),
      preview: (properties) => entities.preview(id, properties),
      change: async (properties: EntityProperties, expectedRevision) => {
        const { results } = await entities.change(id, properties, { step, expectedRevision });
        return results[0]?.revision ?? 0;
      },
      told: () => entities.get(id)?.told,
      settle: () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS)),
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
    try {
      const outcome = await sender.finish();
      if (outcome === 'overtaken')
        this.notices.show('Somebody else has moved it meanwhile. It stays where they put it.');
    } catch (error) {
      this.notices.show(error instanceof VicinityError ? error.message : 'That could not be changed.');
    } finally {
      this.client.entities.letGo(sender.id);
    }
  }
}
