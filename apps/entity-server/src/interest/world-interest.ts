import type { Entity, EntityChange } from '@app/entities';
import type { vicinity } from '@app/wire';
import type { InstanceId } from '@app/world';

/** What an operator can choose. */
export interface InterestOptions {
  /** Bytes per second for one viewer, in the long run; at least 16 KiB. Default 1 MiB. */
  bytesPerSecond: number;
  /** Bytes that a viewer who was told little for a while may get at once; at least 48 KiB. Default 128 KiB. */
  burstBytes: number;
}

/** Defaults of InterestOptions. */
export const INTEREST_DEFAULTS: InterestOptions = { bytesPerSecond: 1_048_576, burstBytes: 131_072 };

/** What interest needs of a world: an EntityWorld has it. */
export interface InterestingWorld {
  entities(): Iterable<Entity>;
  readonly lastSequence: number;
}

/** Numbers of one world's tick; the caller adds them up over worlds. */
export interface InterestCounts {
  viewers: number;
  /** Entities that were told, whole and partial. */
  states: number;
  motions: number;
  reliableBytes: number;
  realtimeBytes: number;
  /** Entities that wait to be told, over all viewers. */
  waiting: number;
  /** The longest that anything has been waiting, in ms. */
  waitMsMax: number;
}

/**
 * Decides who is told what about one world's entities. Pure logic: what comes in arrives through `handle…`, what goes
 * out leaves through `publishTo` during `tick`.
 */
export class WorldInterest {
  /**
   * @param serverId   this entity-server: viewers whose entries name another are left alone
   * @param publishTo  sends an encoded EntityDownlink to a gateway (subject entityDown)
   */
  constructor(
    readonly serverId: InstanceId,
    readonly options: InterestOptions,
    readonly publishTo: (gatewayId: InstanceId, message: Uint8Array) => void,
  ) {}

  get viewerCount(): number {
    return 0;
  }

  /** No gateway has viewers here. */
  get isEmpty(): boolean {
    return this.viewerCount === 0;
  }

  /**
   * The world as a whole: once before the first handleChanges, and again if the replica was loaded anew.
   *
   * @param wallMs  ms since 1970-01-01 UTC
   */
  handleWorld(_world: InterestingWorld, _wallMs: number): void {}

  /**
   * What a record has changed, in the log's order: call it for each record that was applied, even if `changes` is empty.
   *
   * @param sequence  place of the record in the log
   */
  handleChanges(_changes: readonly EntityChange[], _sequence: number): void {}

  /**
   * A decoded EntityInterestTable. Never throws.
   *
   * @returns entries that were refused: invalid, or beyond a limit
   */
  handleTable(_table: vicinity.v1.IEntityInterestTable, _nowMs: number): number {
    return 0;
  }

  /** A decoded EntityMotionTable, from another server or this one's own physics. Never throws. */
  handleMotions(_table: vicinity.v1.IEntityMotionTable, _nowMs: number): void {}

  /** The broker or this process was away: silence of gateways meant nothing. */
  forgive(_nowMs: number): void {}

  /**
   * One tick, every ENTITY_TICK_MS.
   *
   * @param nowMs      the monotonic clock
   * @param wallMs     ms since 1970-01-01 UTC: entities move by it
   * @param mayExpire  false while the broker is away: gateways that are silent keep their viewers
   */
  tick(_nowMs: number, _wallMs: number, _mayExpire: boolean): InterestCounts {
    return { viewers: 0, states: 0, motions: 0, reliableBytes: 0, realtimeBytes: 0, waiting: 0, waitMsMax: 0 };
  }
}
