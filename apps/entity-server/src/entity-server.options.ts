import type { InterestOptions } from './interest/index.js';
import type { AddressRateOptions } from './rules/address-rates.js';
import type { EditFilter } from './rules/edit-filter.js';
import type { LimitOptions } from './rules/limit-rule.js';
import type { HistoryOptions } from './snapshots/history-trim.js';
import type { SnapshotTier } from './snapshots/snapshot-schedule.js';
import type { EntityServerSettings } from './entity-server.settings.js';

/** What an operator has chosen, in the units of the code. */
export interface EntityServerOptions extends LimitOptions, AddressRateOptions, HistoryOptions {
  worlds: readonly string[];
  /** Parts of a world that this process makes. */
  worldShards: number;
  /** Longest lifetime of what people may add who may only add temporary entities, in seconds. */
  temporaryLifetimeSMax: number;
  filter: EditFilter;
  tiers: readonly SnapshotTier[];
  snapshotAfterEdits: number;
  interest: InterestOptions;
  /** Bodies of one world that are simulated at most; 0 for no physics. */
  physicsBodiesMax: number;
}

const MS_PER_DAY = 86_400_000;

/** Settings as the code wants them. */
export function optionsOf(settings: EntityServerSettings): EntityServerOptions {
  return {
    worlds: settings.worlds,
    worldShards: settings.worldShards,
    entitiesMax: settings.entitiesMax,
    worldBytesMax: settings.worldBytesMax,
    sessionEntitiesMax: settings.sessionEntitiesMax,
    sessionBytesMax: settings.sessionBytesMax,
    addressEntitiesPerHour: settings.addressEntitiesPerHour,
    addressBytesPerHour: settings.addressBytesPerHour,
    temporaryEntitiesMax: settings.temporaryEntitiesMax,
    temporaryLifetimeSMax: settings.temporaryLifetimeSMax,
    filter: settings.entityFilter,
    historyMsMax: settings.entityHistoryDaysMax * MS_PER_DAY,
    historyBytesMax: settings.entityHistoryBytesMax,
    tiers: settings.snapshotTiers,
    snapshotAfterEdits: settings.snapshotAfterEdits,
    interest: { bytesPerSecond: settings.viewerBytesPerSecond, burstBytes: settings.viewerBurstBytes },
    physicsBodiesMax: settings.physicsBodiesMax,
  };
}
