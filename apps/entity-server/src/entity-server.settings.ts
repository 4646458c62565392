import { defineSettings, type SettingsOf } from '@app/settings';
import { ENTITIES_PER_WORLD_MAX, ENTITY_BODIES_MAX, ENTITY_SHARDS_MAX, WORLDS_MAX } from '@app/world';
import { INTEREST_DEFAULTS } from './interest/index.js';
import { readEditFilter } from './rules/edit-filter.js';
import { DEFAULT_TIERS, readTiers } from './snapshots/snapshot-schedule.js';

/** What an operator can choose about things in worlds. All entity-servers of a domain must be told the same. */
export const entityServerSettings = defineSettings({
  worlds: {
    type: 'list',
    pattern: /^[a-z0-9-]{1,32}$/,
    itemsMax: WORLDS_MAX,
    default: ['main'],
    help: 'Worlds that are there from the start. Others are created while the domain runs; see `vicinity world`.',
  },
  worldShards: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: ENTITY_SHARDS_MAX,
    default: 1,
    help: 'Into how many parts a new world is divided, each with a writer of its own, so that several entity-servers share the work of one world. Fixed when the world is made.',
  },
  entitiesMax: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: ENTITIES_PER_WORLD_MAX,
    default: ENTITIES_PER_WORLD_MAX,
    help: 'Entities in one world; further ones are refused with `entity-limit`. Operators may add more.',
  },
  sessionEntitiesMax: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: ENTITIES_PER_WORLD_MAX,
    default: 20_000,
    help: 'Entities that one session may have added to one world; further ones are refused with `entity-limit`.',
  },
  worldBytesMax: {
    type: 'integer',
    unit: 'bytes',
    min: 1_048_576,
    max: 2_147_483_648,
    default: 536_870_912,
    help: 'Properties of all entities of one world together; what would make them more is refused with `entity-limit`. Operators may add more. Every entity-server has all of it in memory.',
  },
  sessionBytesMax: {
    type: 'integer',
    unit: 'bytes',
    min: 1_048_576,
    max: 2_147_483_648,
    default: 67_108_864,
    help: 'Properties of the entities that one session may have added to one world, whoever has changed them since; more is refused with `entity-limit`.',
  },
  addressEntitiesPerHour: {
    type: 'integer',
    unit: 'count',
    min: 0,
    max: 10_000_000,
    default: 20_000,
    help: 'Entities that may be added to one world from one network address in an hour, by whatever sessions; further ones are refused with `entity-limit`. 0 does not count them.',
  },
  addressBytesPerHour: {
    type: 'integer',
    unit: 'bytes',
    min: 0,
    max: 1_099_511_627_776,
    default: 67_108_864,
    help: 'The same for the bytes of properties.',
  },
  temporaryEntitiesMax: {
    type: 'integer',
    unit: 'count',
    min: 0,
    max: ENTITIES_PER_WORLD_MAX,
    default: 1_000,
    help: 'Entities in one world that were added by people who may only add temporary ones; further ones are refused with `entity-limit`.',
  },
  temporaryLifetimeSMax: {
    type: 'integer',
    unit: 's',
    min: 1,
    max: 31_536_000,
    default: 3_600,
    help: 'Longest lifetime of an entity of somebody who may only add temporary ones. A longer one, or none, becomes this.',
  },
  entityFilter: {
    type: 'structure',
    read: readEditFilter,
    default: {},
    help: 'What nobody but operators may add or change, whatever else they may do; see docs/operating.md. `{}` allows everything.',
  },
  entityHistoryDaysMax: {
    type: 'integer',
    unit: 'days',
    min: 0,
    max: 36_500,
    default: 0,
    help: 'How long the history of worlds is kept: undo, and looking at the world as it was, reach back as far. What is in fewer than two snapshots is kept longer. 0 keeps everything.',
  },
  entityHistoryBytesMax: {
    type: 'integer',
    unit: 'bytes',
    min: 0,
    max: 17_592_186_044_416,
    default: 0,
    help: 'How much the log of one world takes in the broker’s storage, about; the oldest records go first, as soon as two snapshots have what they say. 0 keeps everything.',
  },
  snapshotTiers: {
    type: 'structure',
    read: readTiers,
    default: DEFAULT_TIERS,
    help: 'Rolling backups of each world: how often a snapshot is made and how many of the kind are kept. A world in which nothing has changed needs no new one.',
  },
  snapshotAfterEdits: {
    type: 'integer',
    unit: 'count',
    min: 1_000,
    max: 10_000_000,
    default: 50_000,
    help: 'A snapshot is also made after so many edits, so that a start takes seconds whatever has happened since the last one.',
  },
  viewerBytesPerSecond: {
    type: 'integer',
    unit: 'bytes per s',
    min: 16_384,
    max: 104_857_600,
    default: INTEREST_DEFAULTS.bytesPerSecond,
    help: 'What one viewer is told about entities in the long run. Less saves bandwidth, and makes worlds appear more slowly.',
  },
  viewerBurstBytes: {
    type: 'integer',
    unit: 'bytes',
    min: 49_152,
    max: 16_777_216,
    default: INTEREST_DEFAULTS.burstBytes,
    help: 'What one viewer may be told at once after a quiet while.',
  },
  physicsBodiesMax: {
    type: 'integer',
    unit: 'count',
    min: 0,
    max: ENTITY_BODIES_MAX,
    default: 1_000,
    help: 'Dynamic entities of one world that fall, roll and hit each other; further ones stand still. 0 switches physics off.',
  },
});

/** What an entity-server was told. */
export type EntityServerSettings = SettingsOf<typeof entityServerSettings>;
