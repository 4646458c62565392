export type {
  Entity,
  EntityAuthor,
  EntityChange,
  EntityEdit,
  EntityRecord,
  EntityTransaction,
  TransactionOutcome,
} from './entity.js';
export { EntityError, type EntityErrorCode, type EntityErrorPlace } from './entities.errors.js';
export {
  authorOf,
  decodeRecord,
  editFieldsOf,
  encodeEntity,
  encodeRecord,
  entityOfState,
  stateFieldsOf,
  transactionBytesOf,
  transactionFieldsOf,
} from './entity-codec.js';
export { EntityWorld, type RememberedOutcome } from './entity-world.js';
export { applyLogEntry } from './log-entry.js';
export { type CloneEdit, type RequestedEdit, type RequestedTransaction, checkEdits } from './check-edits.js';
export { resolveClones } from './resolve-clones.js';
export { divideEdits, planTransition, type PlannedEntity } from './world-plan.js';
export { planUndo, type UndoKept, type UndoPlan, type UndoSelection } from './world-undo.js';
export { decodeSnapshot, encodeSnapshot } from './snapshot-codec.js';
export {
  type HistoryEntry,
  type HistoryLog,
  type HistorySnapshots,
  openWorldAt,
  type VerifiedSnapshot,
  type VerifyReport,
  verifyWorld,
  type WorldHistory,
  type WorldMoment,
} from './world-history.js';
