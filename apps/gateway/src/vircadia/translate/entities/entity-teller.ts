import { SectionPacker, type WireValue, withLastEdited, wrapSection } from '@app/vircadia';
import { readEntityId, unpackEntityMotion, type vicinity } from '@app/wire';
import type { EntityId, SessionId } from '@app/world';
import type { TranslatorGround } from '../translators.js';
import type { NodePort } from '../translator.js';
import { DataOutlet } from './data-outlet.js';
import { Erasures } from './erasures.js';
import { dated, type KnownEntity, newlyKnown, nextTimeUs } from './known-entity.js';
import type { SharedEntities } from './shared-entities.js';
import { stampOf } from './shared-entity.js';
import { readStateProperties } from './state-properties.js';

/** Records that are looked at for one packet. */
const RECORDS_PER_PACKET_MAX = 32;
/** Packets in one go, so that one client does not hold up the others. */
const PACKETS_PER_TICK_MAX = 4;

/** Entities beyond interest of which is remembered that the client knows them. */
const AWAY_MAX = 1_024;

type News = vicinity.v1.EntityNews.$Properties;

/** Part of an entity's bytes that waits for its packet. */
interface Piece {
  readonly known: KnownEntity;
  readonly record: Uint8Array;
  readonly toldUs: number;
  /** Of the entity. */
  readonly isLast: boolean;
}

/**
 * Tells one client of the entities that it is interested in. What has changed goes reliably and as a whole, each entity in
 * its newest state when there is room for it: whatever order packets arrive in, the newest wins. Motions go unreliably.
 */
export class EntityTeller {
  readonly outlet: DataOutlet;
  private readonly known = new Map<EntityId, KnownEntity>();
  /** To be told, in this order: parents come before their children. */
  private readonly due = new Set<KnownEntity>();
  private readonly erasures: Erasures;
  /** Known, but beyond interest; the first ones are forgotten first. */
  private readonly away = new Set<KnownEntity>();
  /** Known before the reset, and not named since. */
  private unnamed: Set<EntityId> | undefined;
  private readonly packer = new SectionPacker();
  private completion: 'not-wanted' | 'wanted' | 'told' = 'not-wanted';
  private isEverythingKnown = false;

  constructor(
    private readonly port: NodePort,
    private readonly shared: SharedEntities,
    private readonly ground: Pick<TranslatorGround, 'clock' | 'metrics'>,
  ) {
    this.outlet = new DataOutlet(port, ground.clock);
    this.erasures = new Erasures(this.outlet);
  }

  get knownCount(): number {
    return this.known.size;
  }

  /** Whether everything within the interest has been told. */
  get isComplete(): boolean {
    return this.isEverythingKnown && this.due.size === 0;
  }

  /** What the client knows of an entity; undefined when it knows none, or none that is there. */
  find(id: EntityId): KnownEntity | undefined {
    const known = this.known.get(id);
    return known?.isAway ? undefined : known;
  }

  /** Says when the first scene is complete. */
  wantCompletion(): void {
    if (this.completion === 'not-wanted') this.completion = 'wanted';
  }

  /** The client has forgotten everything, or packets were given up. @param isForgotten  it has forgotten on purpose */
  retell(isForgotten: boolean): void {
    this.erasures.restart();
    if (isForgotten) for (const known of this.away) this.forget(known);
    for (const known of this.known.values()) {
      known.packet = known.recordsTold = 0;
      this.due.add(known);
    }
    if (isForgotten && this.completion === 'told') this.completion = 'wanted';
  }

  /** The client has edited in vain: it is told what is true. @param lastEditedUs  of its edit */
  tellTruth(id: EntityId, lastEditedUs: number): void {
    const known = this.known.get(id);
    if (!known) return;
    known.floorUs = Math.max(known.floorUs, lastEditedUs + 1);
    this.renew(known);
  }

  /** What the client has added in vain is not there. */
  refuse(id: EntityId): void {
    if (!this.known.has(id)) this.erasures.refuse(id);
  }

  /** The client has edited: what it is told later must be newer for it. @param lastEditedUs  of its edit */
  noteEdit(id: EntityId, lastEditedUs: number): void {
    const known = this.known.get(id);
    if (known) known.floorUs = Math.max(known.floorUs, lastEditedUs + 1);
  }

  /** Tells a few properties at once; false when that is not possible now. */
  tellPart(id: EntityId, properties: Readonly<Record<string, WireValue>>, nowMs: number): boolean {
    const known = this.find(id);
    // It would be newer than what is under way, and make that void.
    if (!known || known.toldUs === 0 || this.due.has(known) || !this.outlet.isSettled(known.packet)) return false;
    this.tellNow([dated(known, known.entity.encodePart(properties))], nowMs);
    return true;
  }

  handleNews(news: News): void {
    if (news.isReset) {
      this.unnamed = new Set(this.known.keys());
      for (const { entity } of this.away) this.unnamed.delete(entity.id);
      this.isEverythingKnown = false;
    }
    for (const state of news.states ?? []) this.handleState(state);
    for (const id of idsOf(news.present)) this.unnamed?.delete(id);
    for (const id of idsOf(news.left)) this.handleLeft(id);
    for (const id of idsOf(news.erased)) this.handleErased(id);
    if (!news.isEverything) return;
    // Erased or beyond interest by now: nobody says which.
    for (const id of this.unnamed ?? []) this.handleLeft(id);
    this.unnamed = undefined;
    this.isEverythingKnown = true;
  }

  /** @param isOwn  whether the client moves the body itself, and needs no telling */
  handleMotions(
    motions: readonly vicinity.v1.EntityMotion.$Properties[],
    isOwn: (id: EntityId, atMs: number, ownerId: SessionId) => boolean,
    nowMs: number,
  ): void {
    const records: Uint8Array[] = [];
    for (const fields of motions) {
      const read = unpackEntityMotion(fields);
      const known = typeof read === 'string' ? undefined : this.find(read.id);
      if (typeof read === 'string' || !known || isOwn(read.id, read.motion.atMs, read.motion.ownerId)) continue;
      known.entity.move(read.motion);
      if (known.toldUs === 0 || this.due.has(known)) continue;
      const record = this.outlet.isSettled(known.packet) ? known.entity.encodeMotion() : undefined;
      if (record) records.push(dated(known, record));
      // It would be newer than what is under way, and make that void.
      else this.renew(known);
    }
    this.tellNow(records, nowMs);
  }

  tick(nowMs: number): void {
    this.erasures.tick(nowMs);
    for (let packets = 0; packets < PACKETS_PER_TICK_MAX && this.due.size > 0; packets++) {
      if (!this.tellDue(nowMs)) break;
    }
    if (this.completion === 'wanted' && this.isComplete && this.outlet.sendComplete(nowMs)) this.completion = 'told';
  }

  close(): void {
    for (const { entity } of this.known.values()) this.shared.release(entity);
    this.known.clear();
    this.due.clear();
  }

  private handleState(state: vicinity.v1.EntityState.$Properties): void {
    const id = readEntityId(state.id);
    if (id === undefined) return;
    this.unnamed?.delete(id);
    const { shown, privateText } = readStateProperties(state);
    const known = this.known.get(id);
    if (state.isPartial) {
      if (!known) return;
      known.entity.take(stampOf(state), shown, state.removed ?? []);
      if (privateText !== undefined || state.removed?.includes('privateUserData')) known.privateText = privateText;
      return this.renew(known);
    }
    const entity = this.shared.learn(id, state, shown);
    if (!known) {
      entity.viewers++;
      const first = newlyKnown(entity, privateText);
      this.known.set(id, first);
      return void this.due.add(first);
    }
    if (known.entity !== entity) {
      entity.viewers++;
      this.shared.release(known.entity);
      known.entity = entity;
    }
    known.privateText = privateText;
    known.isAway = known.isErased = false;
    this.away.delete(known);
    this.renew(known);
  }

  /** It is there, but not for this client. Native clients never show again what was once erased, so it is hidden. */
  private handleLeft(id: EntityId): void {
    const known = this.known.get(id);
    this.unnamed?.delete(id);
    if (!known || known.isAway) return;
    known.isAway = true;
    this.away.add(known);
    this.renew(known);
    for (const oldest of this.away) {
      if (this.away.size <= AWAY_MAX || this.due.has(oldest)) break;
      this.forget(oldest);
    }
  }

  private handleErased(id: EntityId): void {
    const known = this.known.get(id);
    if (!known) return;
    const isTold = known.toldUs > 0 || known.recordsTold > 0;
    if (isTold && this.port.isWeb) {
      // Web clients do not know how to erase.
      known.isAway = known.isErased = true;
      return this.renew(known);
    }
    this.forget(known);
    if (isTold) this.erasures.add(id, known.packet);
  }

  private forget(known: KnownEntity): void {
    this.known.delete(known.entity.id);
    this.away.delete(known);
    this.due.delete(known);
    this.shared.release(known.entity);
  }

  private renew(known: KnownEntity): void {
    known.recordsTold = 0;
    this.due.add(known);
  }

  /** One packet of what is due. Returns whether there may be another one. */
  private tellDue(nowMs: number): boolean {
    if (!this.outlet.mayGo(nowMs)) return false;
    const pieces = this.nextPieces();
    if (pieces.length === 0) return false;
    const section = this.packer.pack(pieces.map(({ record }) => record));
    const packet = this.outlet.sendData(section, nowMs);
    if (packet === undefined) return false;
    for (const { known, toldUs, isLast } of pieces.slice(0, section.count)) {
      known.packet = packet;
      known.toldUs = toldUs;
      known.recordsTold++;
      if (!isLast) continue;
      known.recordsTold = 0;
      this.due.delete(known);
      if (!known.isErased) continue;
      this.forget(known);
      this.erasures.add(known.entity.id, packet);
    }
    return true;
  }

  private nextPieces(): Piece[] {
    const pieces: Piece[] = [];
    for (const known of this.due) {
      if (pieces.length >= RECORDS_PER_PACKET_MAX) break;
      if (this.erasures.isBlocked(known.entity.id)) continue;
      const records = this.recordsOf(known);
      const toldUs = nextTimeUs(known);
      for (let i = known.recordsTold; i < records.length; i++) {
        const record = toldUs === known.entity.lastEditedUs ? records[i] : withLastEdited(records[i], toldUs);
        pieces.push({ known, record, toldUs, isLast: i === records.length - 1 });
      }
      // Nothing of it fits into any packet.
      if (known.recordsTold >= records.length) this.due.delete(known);
    }
    return pieces;
  }

  private recordsOf(known: KnownEntity): readonly Uint8Array[] {
    if (known.isAway) return known.entity.encodeUnseen(this.ground.clock.wallMs()).records;
    const { records, omitted } = known.entity.encode(known.privateText, this.ground.clock.wallMs());
    if (omitted.length > 0 && known.recordsTold === 0) {
      this.ground.metrics.countDrop('vircadia-property-too-large', omitted.length);
    }
    return records;
  }

  private tellNow(records: readonly Uint8Array[], nowMs: number): void {
    for (let rest = records; rest.length > 0;) {
      const section = wrapSection(rest);
      this.outlet.sendMotions(section, nowMs);
      rest = rest.slice(section.count);
    }
  }
}

function idsOf(list: readonly Uint8Array[] | null | undefined): EntityId[] {
  return (list ?? []).flatMap((bytes) => readEntityId(bytes) ?? []);
}
