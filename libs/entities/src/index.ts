export type {
  Entity,
  EntityAuthor,
  EntityChange,
  EntityEdit,
  EntityRecord,
  EntityTransaction,
  TransactionOutcome,
} from './entity.js';
