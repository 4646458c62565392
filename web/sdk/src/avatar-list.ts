import { SESSIONS_PER_WORLD_MAX, type SessionId } from '@app/world';
import { isPackedPose, unpackPose, type vicinity } from '@app/wire';
import type { Clock } from './clock.js';
import { Emitter } from './events.js';
import { RemoteAvatar, type ReceivedPose } from './remote-avatar.js';
import { readTraits } from './traits.js';

/** What a page can be told about the others. */
export interface AvatarEvents {
  /** Somebody has come (or is new to this client). */
  joined: RemoteAvatar;
  /** Somebody has a new name, colour or model. */
  changed: RemoteAvatar;
  /** Somebody has gone. */
  left: RemoteAvatar;
  /** A pose has arrived; up to 60 times a second for each avatar. */
  posed: { avatar: RemoteAvatar; received: ReceivedPose };
}

/** Everybody else in the world, as far as this client has been told. */
export class AvatarList extends Emitter<AvatarEvents> {
  private readonly avatars = new Map<SessionId, RemoteAvatar>();

  constructor(private readonly clock: Clock) {
    super();
  }

  /** How many others are here. */
  get size(): number {
    return this.avatars.size;
  }

  /** One of the others. */
  get(sessionId: SessionId): RemoteAvatar | undefined {
    return this.avatars.get(sessionId);
  }

  /** Everybody else, in order of arrival. */
  values(): IterableIterator<RemoteAvatar> {
    return this.avatars.values();
  }

  [Symbol.iterator](): IterableIterator<RemoteAvatar> {
    return this.avatars.values();
  }

  /** For the client: news of the reliable channel. */
  handleNews(news: vicinity.v1.AvatarNews.$Properties, ownId: SessionId): void {
    for (const entry of news.traits ?? []) {
      if (entry.sessionId && entry.sessionId !== ownId) this.handleTraits(entry.sessionId, entry);
    }
    for (const sessionId of news.left ?? []) this.remove(sessionId);
    if (news.isComplete) this.keepOnly(new Set(news.present ?? []));
  }

  /** For the client: poses of the realtime channel. Whatever is malformed is left out. */
  handleUpdates(updates: vicinity.v1.AvatarUpdates.$Properties, ownId: SessionId): void {
    const arrivedMs = this.clock.nowMs();
    for (const update of updates.updates ?? []) {
      if (!update.sessionId || update.sessionId === ownId || !update.pose || !isPackedPose(update.pose)) continue;
      const avatar = this.avatars.get(update.sessionId);
      // Poses may overtake the news of who it is; the next one is only a moment away.
      if (!avatar) continue;
      const received: ReceivedPose = {
        pose: unpackPose(update.pose),
        sequence: (update.sequence ?? 0) & 0xffff,
        ageMs: update.ageMs ?? 0,
        arrivedMs,
        arrivedWallMs: this.clock.wallMs(),
      };
      if (avatar.handlePose(received, update.loudness ?? 0)) this.emit('posed', { avatar, received });
    }
  }

  /** For the client: nobody is here any more. */
  clear(): void {
    for (const sessionId of [...this.avatars.keys()]) this.remove(sessionId);
  }

  private handleTraits(sessionId: SessionId, entry: vicinity.v1.AvatarTraits.$Properties): void {
    const traits = readTraits(sessionId, entry.traits);
    const known = this.avatars.get(sessionId);
    if (known) {
      if (known.handleTraits(traits, entry.version ?? 0)) this.emit('changed', known);
      return;
    }
    if (this.avatars.size >= SESSIONS_PER_WORLD_MAX) return;
    const avatar = new RemoteAvatar(sessionId, traits);
    avatar.handleTraits(traits, entry.version ?? 0);
    this.avatars.set(sessionId, avatar);
    this.emit('joined', avatar);
  }

  /** News may have been missed while there was no connection: whoever is not here has gone meanwhile. */
  private keepOnly(present: ReadonlySet<SessionId>): void {
    for (const sessionId of [...this.avatars.keys()]) {
      if (!present.has(sessionId)) this.remove(sessionId);
    }
  }

  private remove(sessionId: SessionId): void {
    const avatar = this.avatars.get(sessionId);
    if (!avatar) return;
    this.avatars.delete(sessionId);
    this.emit('left', avatar);
  }
}
