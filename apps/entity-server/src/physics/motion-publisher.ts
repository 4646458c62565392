import { packEntityMotion, type vicinity } from '@app/wire';
import type { EntityId, InstanceId, Motion, SessionId } from '@app/world';
import { isStill, placeDistance, speedDistance } from './motion-distance.js';

/** What has changed less than this since it was told is not told again: metres, radians (0.5°), m/s, rad/s. */
const METRES_MIN = 0.01;
const RADIANS_MIN = (0.5 * Math.PI) / 180;
const SPEED_MIN = 0.1;
/** Motions of one table: about 130 kB. */
export const MOTIONS_PER_TABLE_MAX = 2_000;

interface Told {
  readonly motion: Motion;
  readonly ownerId: SessionId;
}

/** Tells where bodies are: those that are elsewhere than viewers think. */
export class MotionPublisher {
  private readonly told = new Map<EntityId, Told>();
  private readonly waiting = new Map<EntityId, vicinity.v1.EntityMotion.$Properties>();

  /** @param publish  takes a table; the caller sends it and tells its own viewers */
  constructor(
    private readonly serverId: InstanceId,
    private readonly publish: (table: vicinity.v1.EntityMotionTable.$Properties) => void,
  ) {}

  /**
   * Says where a body is; it is told with the next `flush` if that is news.
   *
   * @param atMs     ms since 1970-01-01 UTC
   * @param ownerId  the session that simulates it; 0 for this server
   */
  consider(id: EntityId, motion: Motion, atMs: number, ownerId: SessionId): void {
    const told = this.told.get(id);
    if (told && told.ownerId === ownerId && !isNews(told.motion, motion)) return;
    this.tell(id, motion, atMs, ownerId);
  }

  /** The same, whether it is news or not. */
  tell(id: EntityId, motion: Motion, atMs: number, ownerId: SessionId): void {
    this.told.set(id, { motion, ownerId });
    this.waiting.set(id, packEntityMotion(id, { ...motion, atMs, ownerId }));
  }

  /** The log says where it is: viewers know, and nothing needs to be told until it moves. */
  noteKnown(id: EntityId, motion: Motion): void {
    this.told.set(id, { motion, ownerId: 0 });
    this.waiting.delete(id);
  }

  forget(id: EntityId): void {
    this.told.delete(id);
    this.waiting.delete(id);
  }

  /** Sends what waits. Returns how many motions that were. */
  flush(): number {
    const motions = [...this.waiting.values()];
    this.waiting.clear();
    for (let start = 0; start < motions.length; start += MOTIONS_PER_TABLE_MAX) {
      this.publish({ serverId: this.serverId, motions: motions.slice(start, start + MOTIONS_PER_TABLE_MAX) });
    }
    return motions.length;
  }
}

function isNews(told: Motion, motion: Motion): boolean {
  // Viewers move on what they were told of: an end must be said.
  if (isStill(motion) !== isStill(told)) return true;
  const { metres, radians } = placeDistance(told, motion);
  const { linear, angular } = speedDistance(told, motion);
  return metres > METRES_MIN || radians > RADIANS_MIN || linear > SPEED_MIN || angular > SPEED_MIN;
}
