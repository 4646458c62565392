import type { EntityId, EntityProperties } from '@app/world';

/** An entity of a models.json, checked: its id and those that it names in their one form, without braces. */
export interface ModelsEntity {
  readonly id: EntityId;
  readonly type: string;
  /** All others, also those that are not known here, as they were. */
  readonly properties: EntityProperties;
}

/** A whole models.json. */
export interface ModelsFile {
  readonly entities: readonly ModelsEntity[];
  /** What stands beside the entities: `DataVersion`, `Id`, `Version`, `Paths`, and whatever else there is. */
  readonly about: EntityProperties;
}

/** Why an entity cannot be taken, or what was changed in it. */
export interface ModelsRemark {
  /** Its place in the file, from 0. */
  readonly index: number;
  /** As it is in the file, cut after 64 characters; empty when there is none. */
  readonly id: string;
  /** The property in question, for example `position.x`; empty when it is about the whole. */
  readonly field: string;
  /** One plain English sentence. */
  readonly text: string;
}

/** How the reading of a models.json went. */
export interface ModelsReport {
  /** Entities in the file. */
  readonly foundCount: number;
  /** Entities that cannot be taken, and so their children. */
  readonly brokenCount: number;
  /** The first of them, at most MODELS_REMARKS_MAX. */
  readonly broken: readonly ModelsRemark[];
  /** What was mended, at most MODELS_REMARKS_MAX. */
  readonly mended: readonly ModelsRemark[];
}

/** Remarks of each kind in a report; counts are complete. */
export const MODELS_REMARKS_MAX = 1_000;
