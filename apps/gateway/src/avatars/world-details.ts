import type { MessageOf, vicinity } from '@app/wire';
import type { SessionId } from '@app/world';
import { ExtrasStore, type AvatarExtra, type ExtrasGround } from './extras-store.js';
import { DetailPublisher, type DetailedSession } from './detail-publisher.js';
import { type Detail, DetailStore } from './detail-store.js';
import type { Outbox } from '../fanout/outbox.js';

/** What those who translate for clients with such avatars get to know of a world. */
export interface AvatarDetails {
  /** The newest detail of an avatar; undefined when it has none. */
  detailOf(sessionId: SessionId): Detail | undefined;
  /** See ExtrasStore.get. */
  extrasOf(sessionId: SessionId, version: number): readonly AvatarExtra[] | undefined;
  /** Replaces all extras of a session of ours. False when they are too many, or too large. */
  setExtras(sessionId: SessionId, entries: readonly AvatarExtra[]): boolean;
}

/** What this part needs of its world. */
export interface DetailsGround extends ExtrasGround {
  readonly outbox: Outbox;
  readonly gatewayId: string;
  sessions(): Iterable<DetailedSession>;
  /** Whether a session is one of ours. */
  isOurs(sessionId: SessionId): boolean;
  /** Whether that gateway's newest roster lists the session. */
  isListedBy(gatewayId: string, sessionId: SessionId): boolean;
  /** Whether a session of another gateway wants details. */
  isWantedElsewhere(): boolean;
  /** Extras of a session of ours are new: the number of their version, which goes out with its traits. */
  renewTraits(sessionId: SessionId): number | undefined;
}

/** Details and extras of the avatars of one world on this gateway. */
export class WorldDetails implements AvatarDetails {
  private readonly details = new DetailStore();
  private readonly extras: ExtrasStore;
  private readonly publisher: DetailPublisher;

  constructor(
    world: string,
    private readonly ground: DetailsGround,
  ) {
    this.extras = new ExtrasStore(world, ground);
    this.publisher = new DetailPublisher(world, ground.outbox, this.details, () => ground.sessions());
  }

  detailOf(sessionId: SessionId): Detail | undefined {
    return this.details.get(sessionId);
  }

  extrasOf(sessionId: SessionId, version: number): readonly AvatarExtra[] | undefined {
    return this.extras.get(sessionId, version);
  }

  setExtras(sessionId: SessionId, entries: readonly AvatarExtra[]): boolean {
    const version = this.ground.renewTraits(sessionId);
    return version !== undefined && this.extras.setOwn(sessionId, version, entries);
  }

  /** The version of the extras of a session of ours. */
  extrasVersionOf(sessionId: SessionId): number {
    return this.extras.ownVersion(sessionId);
  }

  /** A session of ours has a new detail. */
  handleOwn(sessionId: SessionId, sequence: number, detail: Uint8Array, full: Uint8Array | undefined): void {
    if (this.details.put(sessionId, sequence, detail, full)) this.publisher.mark(sessionId, full !== undefined);
    else this.ground.countDrop('detail-too-many');
  }

  /** Another gateway tells. */
  handleOthers({ gatewayId, entries }: MessageOf<'AvatarDetails'>): void {
    if (gatewayId === this.ground.gatewayId) return;
    for (const { sessionId, sequence, detail, full, fullSequence } of entries) {
      const id = sessionId ?? 0;
      const isTheirs = this.ground.isListedBy(gatewayId, id) && !this.ground.isOurs(id);
      const whole = fullSequence ? (full ?? undefined) : undefined;
      const isKept = isTheirs && this.details.put(id, sequence ?? 0, detail ?? EMPTY, whole, fullSequence ?? 0);
      if (!isKept) this.ground.countDrop('detail-unusable');
    }
  }

  answerExtras(sessionId: SessionId): vicinity.v1.AvatarExtras.$Properties {
    return this.extras.answer(sessionId);
  }

  /** Somebody may have missed something. */
  markAll(): void {
    this.publisher.markAll();
  }

  /** A session of ours is gone. */
  forget(sessionId: SessionId): void {
    this.details.forget(sessionId);
    this.extras.forget(sessionId);
  }

  tick(nowMs: number): void {
    this.publisher.tick(nowMs, this.ground.isWantedElsewhere());
  }

  /** Once a second. */
  sweep(isHere: (sessionId: SessionId) => boolean): void {
    this.details.retain(isHere);
    this.extras.retain(isHere);
  }
}

const EMPTY = new Uint8Array(0);
