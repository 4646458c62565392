import { ENTITY_NEWS_HELD_BYTES_MAX } from '@app/world';
import type { ByteBudget } from './byte-budget.js';

/** The reliable channel to one client, as news see it. */
export interface NewsChannel {
  /** Bytes that are not yet with the client. */
  readonly reliableWaitingBytes: number;
  /** Makes `reliableWaitingBytes` right a moment later. */
  refreshReliable(): void;
  passReliable(bytes: Uint8Array): void;
}

/**
 * With more than this on its way news wait here, in bytes, so that a chat message is never behind more of them: half a
 * second of a connection of 1 Mbit/s.
 */
export const NEWS_WAITING_BYTES_MAX = 65_536;
/** With more than this waiting here the entity-server is asked to hold, in bytes; and with less to go on. */
const HOLD_BYTES_HIGH = 131_072;
const HOLD_BYTES_LOW = 32_768;
/** With less than this on its way a client that was too slow for its news keeps up again, in bytes. */
const NEWS_WAITING_BYTES_LOW = 8_192;

/**
 * News about entities for one viewer. A world arrives faster than many connections can take it, and everything on the
 * reliable channel comes in order, so what is ahead of chat is bounded: the rest waits here, and the entity-server is asked
 * to hold. When too much waits all the same, all of it is dropped, and as soon as the connection is free again the viewer
 * has to be told anew.
 */
export class NewsOutlet {
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  private lost = false;
  private holding = false;

  constructor(
    private readonly channel: NewsChannel,
    private readonly budget: ByteBudget,
  ) {}

  /** News were dropped: the viewer must be told everything anew, but not before `isReady`. */
  get isLost(): boolean {
    return this.lost;
  }

  /** So much waits that the entity-server should tell nothing more for now. */
  get isHolding(): boolean {
    return this.holding;
  }

  /** Whether news wait here, or a viewer that was too slow. */
  get isBusy(): boolean {
    return this.lost || this.held.length > 0;
  }

  /** Whether the connection is free enough to begin anew. */
  get isReady(): boolean {
    return this.channel.reliableWaitingBytes <= NEWS_WAITING_BYTES_LOW;
  }

  /** Takes news, which must stay as they are. Returns false when they were dropped. */
  push(bytes: Uint8Array): boolean {
    if (this.lost) return false;
    if (this.held.length === 0 && this.hasRoom) {
      this.channel.passReliable(bytes);
      return true;
    }
    if (this.heldBytes + bytes.length > ENTITY_NEWS_HELD_BYTES_MAX || !this.budget.take(bytes.length)) {
      this.clear();
      this.lost = true;
      return false;
    }
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    this.holding ||= this.heldBytes > HOLD_BYTES_HIGH;
    return true;
  }

  /** Time has passed: sends what there is room for. */
  pump(): void {
    if (!this.isBusy) return;
    let sent = 0;
    while (sent < this.held.length && this.hasRoom) {
      const bytes = this.held[sent++];
      this.heldBytes -= bytes.length;
      this.budget.giveBack(bytes.length);
      this.channel.passReliable(bytes);
    }
    if (sent > 0) this.held = this.held.slice(sent);
    this.holding &&= this.heldBytes > HOLD_BYTES_LOW;
    this.channel.refreshReliable();
  }

  /** Drops what waits; the viewer is told anew, or is gone. */
  clear(): void {
    this.budget.giveBack(this.heldBytes);
    this.held = [];
    this.heldBytes = 0;
    this.lost = false;
    this.holding = false;
  }

  private get hasRoom(): boolean {
    return this.channel.reliableWaitingBytes <= NEWS_WAITING_BYTES_MAX;
  }
}
