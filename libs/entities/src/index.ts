export type {
  Entity,
  EntityAuthor,
  EntityChange,
  EntityEdit,
  EntityRecord,
  EntityTransaction,
  TransactionOutcome,
  TransactionRefusal,
} from './entity.js';
export { EntityError, type EntityErrorCode, type EntityErrorPlace, toldError } from './entities.errors.js';
export { type EditAnswer, readEditReply } from './edit-answer.js';
export {
  authorOf,
  bytesInRecord,
  decodeRecord,
  editFieldsOf,
  encodeEntity,
  encodeRecord,
  encodeRecordOf,
  encodeTransaction,
  entityOfState,
  stateFieldsOf,
  transactionBytesOf,
  transactionFieldsOf,
} from './entity-codec.js';
export { EntityWorld, shardOfRoot } from './entity-world.js';
export type { RememberedOutcome } from './remembered-outcomes.js';
export { applyLogEntry, type ProposedRecord, recordOfEntry, type WorldLogEntry } from './log-entry.js';
export { canonicalJson } from './canonical-json.js';
export { measureProperties, propertyBytesOf } from './measure-properties.js';
export { parentOf } from './parent.js';
export { PRIVATE_PROPERTY, publicEntityOf } from './private-property.js';
export { propertiesAt } from './advance-entity.js';
export { type CloneEdit, type RequestedEdit, type RequestedTransaction, checkEdits } from './check-edits.js';
export { resolveClones } from './resolve-clones.js';
export { divideEdits } from './divide-edits.js';
export { type PlannedEntity } from './planned-world.js';
export { planTransition } from './world-plan.js';
export { planUndo, type UndoKept, type UndoPlan, type UndoSelection } from './world-undo.js';
export { decodeSnapshot, encodeSnapshot } from './snapshot-codec.js';
export {
  type HistoryLog,
  type HistorySnapshotInfo,
  type HistorySnapshots,
  openWorldAt,
  readLog,
  type WorldHistory,
  type WorldMoment,
} from './world-history.js';
export { type VerifiedSnapshot, type VerifyReport, verifyWorld } from './verify-world.js';
export {
  openWorldJournal,
  SNAPSHOTS_BUCKET,
  type WorldJournal,
  worldLogSubjects,
  worldStreamOptions,
} from './world-journal.js';
export type { AssetHash } from './archive-format.js';
export { type ArchiveContent, writeArchive } from './write-archive.js';
export { type ArchivedAsset, readArchive, type WorldArchive } from './read-archive.js';
