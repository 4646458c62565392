import { IdentityFlag, KillReason } from '@app/vircadia';
import type { MessageOf } from '@app/wire';
import type { SessionId } from '@app/world';
import { uuidOfSession } from '../../identity.js';
import type { NodePort } from '../translator.js';
import { SessionNames } from './session-names.js';

/** Somebody whom the client knows, or is about to know. */
export interface Person {
  readonly sessionId: SessionId;
  name: string;
  modelUrl: string;
  /** See TraitsEntry.extras_version. */
  extrasVersion: number;
  /** Of the last identity told of it. */
  identitySequence: number;
  /** The client has been told who it is: from now on it may be told where it is. */
  isIntroduced: boolean;
  /** The client is not to see it. */
  isHidden: boolean;
  /** Of the detail that the client was told last; 0: none since it was introduced. */
  toldSequence: number;
  toldAtMs: number;
  /** When it was told the whole of it. */
  fullAtMs: number;
}

/** What hears of comings and goings. */
export interface PeopleEvents {
  /** Its traits are new. @param isAnew  what has been told of them before is lost */
  onTraits(person: Person, isAnew: boolean): void;
  onLeft(sessionId: SessionId): void;
}

/** Of somebody who is new. */
const UNTOLD = { isIntroduced: false, isHidden: false, toldSequence: 0, toldAtMs: 0, fullAtMs: 0 };
/** Identities in one message. */
const IDENTITIES_MAX = 64;
/** Avatars that were taken away lately, in case the client has not heard of it. */
const GONE_MAX = 256;

/** Whom one client knows of: tells it who they are, and when they go. */
export class People {
  private readonly known = new Map<SessionId, Person>();
  private readonly names = new SessionNames((sessionId) => this.untold.add(sessionId));
  private readonly untold = new Set<SessionId>();
  /** Who is to be taken away, and why. */
  private readonly leaving = new Map<SessionId, number>();
  private readonly gone = new Set<SessionId>();
  private ownName = '';
  /** Of the newest identity of the client's own avatar, whoever told it. */
  private ownSequence = 0;
  private hasOwnIdentity = false;

  constructor(
    private readonly port: Pick<NodePort, 'send'>,
    private readonly ownId: SessionId,
    private readonly events: PeopleEvents,
  ) {}

  get(sessionId: SessionId): Person | undefined {
    return this.known.get(sessionId);
  }

  all(): Iterable<Person> {
    return this.known.values();
  }

  /** News of the session, as the avatar mixer tells them. */
  hear({ traits, left, isComplete, present }: NonNullable<MessageOf<'ServerReliable'>['avatarNews']>): void {
    for (const entry of traits ?? []) {
      const { name, modelUrl } = entry.traits ?? {};
      this.take(entry.sessionId ?? 0, name ?? '', modelUrl ?? '', entry.extrasVersion ?? 0);
    }
    for (const sessionId of left ?? []) this.remove(sessionId);
    if (!isComplete) return;
    const here = new Set(present);
    for (const sessionId of [...this.known.keys()]) if (!here.has(sessionId)) this.remove(sessionId);
  }

  /** The client has told who it is itself; it gets it back with the unique name. */
  setOwn(displayName: string, sequence: number): void {
    this.ownSequence = Math.max(this.ownSequence, sequence);
    if (this.hasOwnIdentity && displayName === this.ownName) return;
    this.ownName = displayName;
    this.hasOwnIdentity = true;
    this.names.set(this.ownId, displayName);
    this.untold.add(this.ownId);
  }

  /** An avatar is not to be seen any more, for another reason than that it has left. */
  hide(person: Person, reason: number): void {
    if (person.isHidden) return;
    if (person.isIntroduced) this.leaving.set(person.sessionId, reason);
    Object.assign(person, UNTOLD, { isHidden: true });
  }

  /** A hidden one is to be seen again. */
  show(person: Person): void {
    if (!person.isHidden) return;
    person.isHidden = false;
    this.untold.add(person.sessionId);
    this.events.onTraits(person, true);
  }

  /** What has been told is lost. */
  tellAgain(): void {
    for (const sessionId of this.gone) this.leaving.set(sessionId, KillReason.Disconnected);
    this.gone.clear();
    for (const person of this.known.values()) {
      this.untold.add(person.sessionId);
      person.toldSequence = 0;
      this.events.onTraits(person, true);
    }
    if (this.hasOwnIdentity) this.untold.add(this.ownId);
  }

  /** Tells what is to be told; what the connection does not take is told later. */
  tick(nowMs: number): void {
    for (const [sessionId, reason] of this.leaving) {
      if (!this.port.send('KillAvatar', { sessionId: uuidOfSession(sessionId), reason }, nowMs)) return;
      this.leaving.delete(sessionId);
      this.remember(sessionId);
    }
    if (this.untold.size > 0) this.introduce(nowMs);
  }

  private take(sessionId: SessionId, name: string, modelUrl: string, extrasVersion: number): void {
    if (sessionId === 0 || sessionId === this.ownId) return;
    let person = this.known.get(sessionId);
    const isNew = !person;
    if (!person) {
      person = { sessionId, name, modelUrl, extrasVersion, identitySequence: 0, ...UNTOLD };
      this.known.set(sessionId, person);
      this.leaving.delete(sessionId);
      this.gone.delete(sessionId);
    }
    if (isNew || person.name !== name) this.untold.add(sessionId);
    const hasNewTraits = isNew || person.modelUrl !== modelUrl || person.extrasVersion !== extrasVersion;
    Object.assign(person, { name, modelUrl, extrasVersion });
    this.names.set(sessionId, name);
    if (hasNewTraits) this.events.onTraits(person, false);
  }

  private remove(sessionId: SessionId): void {
    const person = this.known.get(sessionId);
    if (!person) return;
    this.known.delete(sessionId);
    this.untold.delete(sessionId);
    this.names.delete(sessionId);
    if (person.isIntroduced) this.leaving.set(sessionId, KillReason.Disconnected);
    this.events.onLeft(sessionId);
  }

  private introduce(nowMs: number): void {
    // Who is hidden is introduced when it is shown again.
    for (const sessionId of this.untold) if (this.known.get(sessionId)?.isHidden) this.untold.delete(sessionId);
    const told = [...this.untold].slice(0, IDENTITIES_MAX);
    const identities = told.flatMap((sessionId) => {
      const person = this.known.get(sessionId);
      const isOwn = sessionId === this.ownId;
      if (!person && !isOwn) return [];
      const sequence = person ? ++person.identitySequence : ++this.ownSequence;
      return [
        {
          sessionId: uuidOfSession(sessionId),
          sequence,
          attachments: [],
          displayName: person?.name ?? this.ownName,
          sessionDisplayName: this.names.of(sessionId),
          flags: IdentityFlag.LookAtSnapping,
        },
      ];
    });
    if (identities.length > 0 && !this.port.send('AvatarIdentity', identities, nowMs)) return;
    for (const sessionId of told) {
      this.untold.delete(sessionId);
      const person = this.known.get(sessionId);
      if (person) person.isIntroduced = true;
    }
  }

  private remember(sessionId: SessionId): void {
    this.gone.delete(sessionId);
    this.gone.add(sessionId);
    for (const oldest of this.gone) {
      if (this.gone.size <= GONE_MAX) break;
      this.gone.delete(oldest);
    }
  }
}
