import { ByteReader, CODECS_TO_SERVER, type PacketTypeName } from '@app/vircadia';
import { type MessageOf, type vicinity, readPosition } from '@app/wire';
import type { AvatarExtra } from '../../../avatars/extras-store.js';
import type { Detail } from '../../../avatars/detail-store.js';
import type { AvatarDetails } from '../../../avatars/world-details.js';
import { nameFrom } from '../../../client-input.js';
import { sessionOfUuid } from '../../identity.js';
import type { NodePort, SessionPort, Translator } from '../translator.js';
import type { TranslatorGround } from '../translators.js';
import { BulkPacket } from './bulk-packet.js';
import { HeldUpdates } from './held-updates.js';
import { HIDING_KIND, Hiding } from './hiding.js';
import { OwnAvatar } from './own-avatar.js';
import { OwnTraits, type Taking } from './own-traits.js';
import { People, type Person } from './people.js';
import { PoseRecords } from './pose-records.js';
import { NAMELESS } from './session-names.js';
import { TraitsTeller } from './traits-teller.js';

/** Traits are passed on at this distance at least, in ms. */
const TRAITS_INTERVAL_MS = 250;
/** Wishes of others that have been asked for are looked for again after this time, in ms. */
const WISHES_INTERVAL_MS = 100;
/** Whoever was told of somebody before that needs the whole again: changes are told for 2 s. In ms, less what is on its way. */
const GAP_MS_MAX = 1_200;
/** The whole of an avatar is told again after this time, in ms: packets get lost. */
const FULL_INTERVAL_MS = 8_000;
const FIRST_INTERVAL_MS = 1_000;
/** With so many reliable packets under way, what can wait waits. */
const PENDING_MAX = 256;

/** Avatars, as clients with joints and all have them: both ways. */
export class AvatarTranslator implements Translator {
  private readonly reader = new ByteReader(new Uint8Array(0));
  private readonly own: OwnAvatar;
  private readonly ownTraits = new OwnTraits();
  private readonly hiding = new Hiding();
  private readonly people: People;
  private readonly traits: TraitsTeller;
  private readonly packet: BulkPacket;
  private readonly avatars: AvatarDetails;
  private readonly records: PoseRecords;
  private readonly held = new HeldUpdates();
  /** Whose wishes about being seen may be new. */
  private readonly unheard = new Set<Person>();
  private readonly position = { x: 0, y: 0, z: 0 };
  private name: string | undefined;
  private toldTraits = '';
  private hasNewExtras = false;
  private traitsToldAtMs = -Infinity;
  private wishesHeardAtMs = -Infinity;

  constructor(
    private readonly port: NodePort,
    private readonly session: SessionPort,
    private readonly ground: Pick<TranslatorGround, 'avatarsOf' | 'avatarUrl' | 'metrics'>,
  ) {
    this.avatars = ground.avatarsOf?.(session.world) ?? NO_AVATARS;
    this.own = new OwnAvatar(session);
    this.packet = new BulkPacket(port);
    this.records = recordsOf(this.avatars, port.isWeb);
    this.traits = new TraitsTeller(port, this.avatars, ground.avatarUrl ?? '');
    this.people = new People(port, session.sessionId, {
      onTraits: (person, isAnew) => {
        if (isAnew) this.traits.restart(person.sessionId);
        this.traits.mark(person);
        this.unheard.add(person);
      },
      onLeft: (sessionId) => {
        this.traits.forget(sessionId);
        this.hiding.forget(sessionId);
        this.held.delete(sessionId);
      },
    });
  }

  onActive(): void {
    this.tellAgain();
  }

  onSendingRestarted(): void {
    this.tellAgain();
  }

  onPacket(name: PacketTypeName, packet: Uint8Array, payloadOffset: number, nowMs: number): void {
    const reader = this.reader.reset(packet, payloadOffset);
    switch (name) {
      case 'AvatarData':
        return this.own.hear(CODECS_TO_SERVER.AvatarData.read(reader), nowMs);
      case 'AvatarIdentity':
        return this.hearIdentity(reader);
      case 'SetAvatarTraits':
        return this.hearTraits(reader);
      case 'BulkAvatarTraitsAck':
        return this.traits.acknowledge(CODECS_TO_SERVER.BulkAvatarTraitsAck.read(reader));
      case 'NodeIgnoreRequest':
        return this.hearIgnored(reader);
      case 'RadiusIgnoreRequest':
        this.hiding.hasBubble = CODECS_TO_SERVER.RadiusIgnoreRequest.read(reader);
        return this.renewWish();
      case 'RequestsDomainListData':
        this.hiding.seesIgnored = CODECS_TO_SERVER.RequestsDomainListData.read(reader);
        return this.reviewAll();
      default:
      // AvatarQuery: who matters is judged by where the avatar looks. AdjustAvatarSorting: the server sorts by itself.
      // KillAvatar of oneself: the session says when it ends.
    }
  }

  onReliable({ avatarNews }: MessageOf<'ServerReliable'>): void {
    if (avatarNews) this.people.hear(avatarNews);
  }

  onRealtime({ avatarUpdates }: MessageOf<'ServerRealtime'>, nowMs: number): void {
    if (!avatarUpdates?.updates) return;
    for (const update of avatarUpdates.updates) this.tell(update, nowMs);
    this.packet.flush(nowMs);
  }

  tick(nowMs: number): void {
    this.own.tick(nowMs);
    this.passTraitsOn(nowMs);
    if (this.unheard.size > 0 && nowMs - this.wishesHeardAtMs >= WISHES_INTERVAL_MS) {
      this.wishesHeardAtMs = nowMs;
      this.hearWishes();
    }
    if (this.port.pendingCount > PENDING_MAX) return;
    this.people.tick(nowMs);
    this.traits.tick(nowMs);
    if (!this.held.isEmpty) this.tellHeld(nowMs);
  }

  // --- From the client -----------------------------------------------------------------------------------------------

  private hearIdentity(reader: ByteReader): void {
    const identity = CODECS_TO_SERVER.AvatarIdentity.read(reader).at(0);
    if (!identity) return;
    this.name = nameFrom(identity.displayName ?? '') || NAMELESS;
    this.people.setOwn(this.name, identity.sequence);
  }

  private hearTraits(reader: ByteReader): void {
    const { version, traits } = CODECS_TO_SERVER.SetAvatarTraits.read(reader);
    for (const trait of traits) this.noteExtras(this.ownTraits.take(trait, version));
  }

  private hearIgnored(reader: ByteReader): void {
    const { isAdded, nodeIds } = CODECS_TO_SERVER.NodeIgnoreRequest.read(reader);
    let isNew = false;
    for (const nodeId of nodeIds) {
      const sessionId = sessionOfUuid(nodeId);
      if (sessionId !== undefined && this.hiding.ignore(sessionId, isAdded)) isNew = true;
    }
    if (isNew) this.renewWish();
  }

  private renewWish(): void {
    this.noteExtras(this.ownTraits.putOther(HIDING_KIND, this.hiding.wish()));
    this.reviewAll();
  }

  private noteExtras(taking: Taking): void {
    if (taking === 'new') this.hasNewExtras = true;
    if (taking === 'full') this.ground.metrics.countDrop('vircadia-trait-full');
  }

  /** What the client has told of its own avatar, and changes seldom; no more often than others can follow. */
  private passTraitsOn(nowMs: number): void {
    if (nowMs - this.traitsToldAtMs < TRAITS_INTERVAL_MS) return;
    if (this.hasNewExtras) {
      this.hasNewExtras = false;
      this.traitsToldAtMs = nowMs;
      this.own.setSkeleton(this.ownTraits.skeleton);
      this.avatars.setExtras(this.session.sessionId, this.ownTraits.entries());
    }
    const traits = { name: this.name ?? NAMELESS, colour: 0, modelUrl: this.ownTraits.modelUrl };
    const told = `${traits.name}\n${traits.modelUrl}`;
    if (told === this.toldTraits || (this.name === undefined && traits.modelUrl === '')) return;
    this.toldTraits = told;
    this.traitsToldAtMs = nowMs;
    this.session.reliable({ setTraits: { traits } });
  }

  // --- To the client -------------------------------------------------------------------------------------------------

  private tell(update: vicinity.v1.AvatarUpdate.$Properties, nowMs: number): void {
    const sessionId = update.sessionId ?? 0;
    const person = this.people.get(sessionId);
    const { pose } = update;
    if (sessionId === this.session.sessionId || !pose) return;
    if (person && this.hiding.hasBubbleWith(sessionId) && this.own.position) {
      this.hiding.place(sessionId, this.own.position, readPosition(pose, this.position));
      this.review(person);
    }
    if (person?.isHidden) return;
    if (!person?.isIntroduced) return this.held.hold(update, nowMs);
    const detail = this.avatars.detailOf(sessionId);
    if (!detail && person.extrasVersion > 0 && !this.held.isOverdue(sessionId, nowMs)) {
      return this.held.hold(update, nowMs);
    }
    if (!this.held.isEmpty) this.held.delete(sessionId);
    if (detail) return this.addDetail(person, detail, nowMs);
    const record = this.records.recordOf(sessionId, update.sequence ?? 0, pose, update.loudness ?? 0);
    this.packet.add(sessionId, record, nowMs);
  }

  /** What has changed, for those who know the rest; and now and then the whole. */
  private addDetail(person: Person, { sequence, recent, full, fullSequence }: Detail, nowMs: number): void {
    const isGap = sequence !== person.toldSequence && nowMs - person.toldAtMs > GAP_MS_MAX;
    const isFull = person.toldSequence === 0 || isGap || nowMs - person.fullAtMs > FULL_INTERVAL_MS;
    if (isFull) {
      // The first one again soon: without it nothing of somebody who stands still can be made up for.
      person.fullAtMs = person.toldSequence === 0 ? nowMs - FULL_INTERVAL_MS + FIRST_INTERVAL_MS : nowMs;
      this.packet.add(person.sessionId, full, nowMs);
    }
    if (!isFull || fullSequence !== sequence) this.packet.add(person.sessionId, recent, nowMs);
    person.toldSequence = sequence;
    person.toldAtMs = nowMs;
  }

  /** Those who could not be told when news of them came. */
  private tellHeld(nowMs: number): void {
    for (const update of this.held.all()) this.tell(update, nowMs);
    this.packet.flush(nowMs);
  }

  private tellAgain(): void {
    this.traits.stopWaiting();
    this.people.tellAgain();
  }

  /** Somebody's extras may say that it does not want to be seen, or not any more. */
  private hearWishes(): void {
    for (const person of this.unheard) {
      const { sessionId, extrasVersion } = person;
      const isHere = this.people.get(sessionId) === person;
      const extras = isHere ? this.avatars.extrasOf(sessionId, extrasVersion) : NO_EXTRAS;
      if (!extras) continue;
      this.unheard.delete(person);
      if (!isHere) continue;
      this.hiding.hear(sessionId, extras.find(({ kind }) => kind === HIDING_KIND)?.data, this.session.sessionId);
      this.review(person);
    }
  }

  private reviewAll(): void {
    for (const person of this.people.all()) this.review(person);
  }

  private review(person: Person): void {
    const reason = this.hiding.reasonOf(person.sessionId);
    if (reason === undefined) this.people.show(person);
    else this.people.hide(person, reason);
  }
}

const NO_EXTRAS: readonly AvatarExtra[] = [];
/** What there is of avatars in a world that is not open here: nothing. */
const NO_AVATARS: AvatarDetails = {
  detailOf: () => undefined,
  extrasOf: () => NO_EXTRAS,
  setExtras: () => false,
};

/** Records of poses are made once for all clients of a world that take the same. */
const sharedRecords = new WeakMap<AvatarDetails, Readonly<Record<'web' | 'native', PoseRecords>>>();

function recordsOf(avatars: AvatarDetails, isWeb: boolean): PoseRecords {
  let records = sharedRecords.get(avatars);
  if (!records) {
    records = { web: new PoseRecords(true), native: new PoseRecords(false) };
    sharedRecords.set(avatars, records);
  }
  return records[isWeb ? 'web' : 'native'];
}
