import { ByteReader, TraitType, type VersionedTrait } from '@app/vircadia';
import type { SessionId } from '@app/world';
import type { AvatarExtra } from '../../../avatars/extras-store.js';
import type { AvatarDetails } from '../../../avatars/world-details.js';
import { uuidOfSession } from '../../identity.js';
import type { NodePort } from '../translator.js';
import type { Person } from './people.js';
import { PLAIN_SKELETON } from './pose-records.js';

/** Bytes of traits in one message; what does not fit follows when the client has acknowledged it. */
const MESSAGE_BYTES_MAX = 49_152;
/** Bytes of a trait besides its data, and of whose it is. */
const TRAIT_BYTES = 48;
/** A message that is not acknowledged by then is taken for lost; the next one goes out, in ms. */
const ACK_MS_MAX = 5_000;
/** Extras that have been asked for are looked for again after this time, in ms. */
const LOOK_INTERVAL_MS = 100;

/** Content of a trait that is there no more. */
const DELETED = 'deleted';

/** A trait as it is to be told. */
interface WantedTrait {
  readonly type: number;
  readonly instanceId?: string;
  readonly data: Uint8Array;
  /** Changes when the data do. */
  readonly content: string;
}

interface ToldAvatar {
  readonly id: string;
  readonly person: Person;
  readonly traits: readonly VersionedTrait[];
}

/** What the client has been told of one trait, and under which number. */
interface ToldTrait {
  readonly type: number;
  readonly instanceId: string | undefined;
  version: number;
  /** Undefined: to be told again. */
  content: string | undefined;
}

/** Tells one client the traits of others' avatars, and only what is new. Numbers of traits are counted for each client. */
export class TraitsTeller {
  private readonly pending = new Map<SessionId, Person>();
  private readonly told = new Map<SessionId, Map<string, ToldTrait>>();
  private sequence = 0;
  /** The message that the client has not acknowledged; 0 when there is none. */
  private awaited = 0;
  private sentAtMs = -Infinity;
  private lookedAtMs = -Infinity;

  /** @param avatarUrl  the model of those who have none; empty when the client is to choose */
  constructor(
    private readonly port: Pick<NodePort, 'send' | 'isWeb'>,
    private readonly avatars: Pick<AvatarDetails, 'extrasOf'>,
    private readonly avatarUrl: string,
  ) {}

  /** Traits of somebody are new. */
  mark(person: Person): void {
    this.pending.set(person.sessionId, person);
  }

  forget(sessionId: SessionId): void {
    this.pending.delete(sessionId);
    this.told.delete(sessionId);
  }

  /** Everything of this avatar has to be told again. */
  restart(sessionId: SessionId): void {
    for (const trait of this.told.get(sessionId)?.values() ?? []) trait.content = undefined;
  }

  /** The client has got a message. */
  acknowledge(sequence: number): void {
    if (sequence === this.awaited) this.awaited = 0;
  }

  /** What was under way is lost. */
  stopWaiting(): void {
    this.awaited = 0;
  }

  /** Tells what is new of those whom the client has been introduced to. */
  tick(nowMs: number): void {
    if (this.pending.size === 0 || nowMs - this.lookedAtMs < LOOK_INTERVAL_MS) return;
    if (this.awaited !== 0 && nowMs - this.sentAtMs < ACK_MS_MAX) return;
    this.lookedAtMs = nowMs;
    const avatars: ToldAvatar[] = [];
    let bytesLeft = MESSAGE_BYTES_MAX;
    for (const [sessionId, person] of this.pending) {
      if (bytesLeft <= 0) break;
      const extras = person.isIntroduced ? this.avatars.extrasOf(sessionId, person.extrasVersion) : undefined;
      if (!extras) continue;
      const traits: VersionedTrait[] = [];
      for (const trait of this.news(person, extras)) {
        if (bytesLeft <= 0) break;
        bytesLeft -= TRAIT_BYTES + (trait.data?.length ?? 0);
        traits.push(trait);
      }
      if (traits.length > 0) avatars.push({ id: uuidOfSession(sessionId), person, traits });
      if (bytesLeft > 0) this.pending.delete(sessionId);
    }
    if (avatars.length > 0) this.send(avatars, nowMs);
  }

  private send(avatars: readonly ToldAvatar[], nowMs: number): void {
    if (this.port.send('BulkAvatarTraits', { sequence: this.sequence + 1, avatars }, nowMs)) {
      this.awaited = ++this.sequence;
      this.sentAtMs = nowMs;
      return;
    }
    for (const { person } of avatars) {
      this.restart(person.sessionId);
      this.mark(person);
    }
  }

  /** The traits that are not as the client knows them; each counts as told when it has been taken from here. */
  private *news(person: Person, extras: readonly AvatarExtra[]): Generator<VersionedTrait> {
    const told = this.told.get(person.sessionId) ?? new Map<string, ToldTrait>();
    this.told.set(person.sessionId, told);
    const wanted = new Set<string>();
    for (const { type, instanceId, data, content } of this.wantedOf(person, extras)) {
      const key = `${type} ${instanceId ?? ''}`;
      wanted.add(key);
      const known = told.get(key);
      // Whoever has no model needs not be told so, unless it had one.
      if (known ? known.content === content : data.length === 0) continue;
      const version = (known?.version ?? 0) + 1;
      told.set(key, { type, instanceId, version, content });
      yield { type, ...(instanceId === undefined ? {} : { instanceId }), version, data };
    }
    for (const [key, trait] of told) {
      if (wanted.has(key) || trait.instanceId === undefined || trait.content === DELETED) continue;
      trait.content = DELETED;
      yield { type: trait.type, instanceId: trait.instanceId, version: ++trait.version };
    }
  }

  private *wantedOf({ modelUrl, extrasVersion }: Person, extras: readonly AvatarExtra[]): Generator<WantedTrait> {
    const url = modelUrl || this.avatarUrl;
    yield { type: TraitType.SkeletonModelUrl, data: Buffer.from(url), content: url };
    if (extrasVersion === 0 && this.port.isWeb) {
      yield { type: TraitType.SkeletonData, data: PLAIN_SKELETON, content: 'plain' };
    }
    for (const { kind, instance, version, data } of extras) {
      if (kind === TraitType.SkeletonModelUrl || kind > TraitType.Grab) continue;
      const isInstanced = kind !== TraitType.SkeletonData;
      if (isInstanced !== instance.length > 0) continue;
      const instanceId = isInstanced ? new ByteReader(instance).uuid('trait instance') : undefined;
      yield { type: kind, ...(instanceId === undefined ? {} : { instanceId }), data, content: `${version}` };
    }
  }
}
