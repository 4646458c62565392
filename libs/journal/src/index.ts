export { EventSourcedActor, type EventSourcedActorParts, type WriterLease } from './event-sourced-actor.js';
export type { Composer, Composition } from './group-commit.js';
export { JournalError, type JournalErrorCode } from './journal.errors.js';
export type { LogEntry, LogEntryHandler, LogSubjects } from './log-entry.js';
export { type FollowerCounters, LogFollower } from './log-follower.js';
export { LogWriter, type LogWriterOptions } from './log-writer.js';
export type { SnapshotInfo, SnapshotMeta } from './snapshot-meta.js';
export { SnapshotStore } from './snapshot-store.js';
