import { entityIdOfBytes, entityIdToBytes, type vicinity, WireError } from '@app/wire';
import { isEntityErrorCode } from './entities.errors.js';
import { exact } from './entity-codec.js';
import type { RememberedOutcome, RememberedOutcomes } from './remembered-outcomes.js';

/** An edit id, and what has become of it. */
export type RememberedEntry = readonly [editId: string, outcome: RememberedOutcome];

type PartFields = vicinity.v1.SnapshotPart.$Properties;
type SingleFields = vicinity.v1.SingleEdits.$Properties;

/** Stands between ids: authors' ids have none, as checkEdits says. */
const SEPARATOR = ' ';
/** Bytes of an entity's id. */
const ID_BYTES = 16;
/** Bytes that an outcome, and each result in it, takes at most. */
const OUTCOME_BYTES = 128;
const RESULT_BYTES = 32;

/**
 * Outcomes in their order, as fields of SnapshotParts of about `partBytes`. Most are of one edit that was done: those are
 * packed in columns, because after a minute of many edits there are a million.
 */
export function* packOutcomes(entries: Iterable<RememberedEntry>, partBytes: number): Iterable<PartFields> {
  let group: RememberedEntry[] = [];
  let bytes = 0;
  let isOfSingles = false;
  for (const entry of entries) {
    const single = isSingle(entry);
    if (group.length > 0 && (single !== isOfSingles || bytes >= partBytes)) {
      yield packGroup(group, isOfSingles);
      group = [];
      bytes = 0;
    }
    isOfSingles = single;
    group.push(entry);
    bytes += OUTCOME_BYTES + RESULT_BYTES * entry[1].results.length;
  }
  if (group.length > 0) yield packGroup(group, isOfSingles);
}

/** Puts the outcomes of a decoded SnapshotPart into a memory, in their order. Fails with `wire-malformed`. */
export function unpackOutcomes({ applied, singles }: PartFields, memory: RememberedOutcomes): void {
  for (const fields of applied ?? []) {
    const [editId, outcome] = unpackOutcome(fields);
    if (!memory.get(editId)) memory.put(editId, outcome);
  }
  if (singles) unpackSingles(singles, memory);
}

function isSingle([editId, { code, results }]: RememberedEntry): boolean {
  return code === undefined && results.length === 1 && !editId.includes(SEPARATOR);
}

function packGroup(group: readonly RememberedEntry[], isOfSingles: boolean): PartFields {
  return isOfSingles ? { singles: packSingles(group) } : { applied: group.map(packOutcome) };
}

function packOutcome([editId, outcome]: RememberedEntry): vicinity.v1.AppliedTransaction.$Properties {
  const { sequence, atMs, code } = outcome;
  const results = outcome.results.map(({ id, revision }) => ({ id: entityIdToBytes(id), revision }));
  return { editId, sequence, writtenAtMs: atMs, errorCode: code ?? '', results };
}

function unpackOutcome(fields: vicinity.v1.AppliedTransaction.$Properties): RememberedEntry {
  const { editId, sequence, writtenAtMs, errorCode, results } = fields;
  const outcome = {
    sequence: exact(sequence),
    atMs: exact(writtenAtMs),
    // A code that is not known here is a refusal all the same.
    ...(errorCode ? { code: isEntityErrorCode(errorCode) ? errorCode : ('edit-invalid' as const) } : {}),
    results: (results ?? []).map(({ id, revision }) => ({ id: entityIdOfBytes(id), revision: exact(revision) })),
  };
  return [editId ?? '', outcome];
}

function packSingles(group: readonly RememberedEntry[]): SingleFields {
  const entityIds = new Uint8Array(ID_BYTES * group.length);
  const revisions: number[] = [];
  const records: vicinity.v1.RememberedRecord.$Properties[] = [];
  let record = { sequence: -1, writtenAtMs: 0, count: 0 };
  for (let i = 0; i < group.length; i++) {
    const { sequence, atMs, results } = group[i][1];
    const [{ id, revision }] = results;
    entityIds.set(entityIdToBytes(id), ID_BYTES * i);
    revisions.push(revision);
    if (record.sequence !== sequence || record.writtenAtMs !== atMs) {
      records.push((record = { sequence, writtenAtMs: atMs, count: 0 }));
    }
    record.count++;
  }
  return { editIds: group.map(([editId]) => editId).join(SEPARATOR), entityIds, revisions, records };
}

function unpackSingles({ editIds, entityIds, revisions, records }: SingleFields, memory: RememberedOutcomes): void {
  const ids = (editIds ?? '').split(SEPARATOR);
  const numbers = revisions ?? [];
  if (ids.length !== numbers.length || entityIds?.length !== ID_BYTES * ids.length) throw notFitting();
  let next = 0;
  for (const record of records ?? []) {
    const end = next + (record.count ?? 0);
    if (end > ids.length) throw notFitting();
    const sequence = exact(record.sequence);
    const atMs = exact(record.writtenAtMs);
    for (; next < end; next++) {
      if (memory.get(ids[next])) continue;
      const id = entityIdOfBytes(entityIds.subarray(ID_BYTES * next, ID_BYTES * (next + 1)));
      memory.putSingle(ids[next], sequence, atMs, id, exact(numbers[next]));
    }
  }
  if (next !== ids.length) throw notFitting();
}

function notFitting(): WireError {
  return new WireError('wire-malformed', 'There are not as many of everything.');
}
