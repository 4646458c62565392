import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryBus } from '@app/broker';
import {
  type EntityAuthor,
  type EntityEdit,
  encodeRecord,
  EntityError,
  EntityWorld,
  openWorldJournal,
  type WorldJournal,
} from '@app/entities';
import { SimClock } from '@app/testing';
import type { EditSender, SentTransaction } from './edit-sender.js';
import { carryOutUndo, prepareUndo } from './undo.js';

const A = '00000000-0000-4000-8000-00000000000a';
const B = '00000000-0000-4000-8000-00000000000b';
const C = '00000000-0000-4000-8000-00000000000c';
const ADA = { sessionId: 1, name: 'Ada' };
const BO = { sessionId: 2, name: 'Bo' };
const OPERATOR = { sessionId: 0, name: 'operator' };

const adding = (id: string, properties = {}): EntityEdit => ({ kind: 'add', id, type: 'Box', properties });
const erasing = (id: string): EntityEdit => ({ kind: 'erase', id, expectedRevision: 0 });
const naming = (id: string, name: string): EntityEdit => {
  return { kind: 'change', id, properties: { name }, removed: [], expectedRevision: 0 };
};

/** A world with its log, a record each second. */
class LoggedWorld {
  readonly clock = new SimClock();
  readonly world = new EntityWorld();
  journal!: WorldJournal;

  async open(): Promise<this> {
    this.journal = await openWorldJournal(new MemoryBus({ clock: this.clock }).connect(), 'plaza');
    return this;
  }

  async do(author: EntityAuthor, edits: readonly EntityEdit[]): Promise<SentTransaction> {
    await this.clock.advance(1_000);
    const sequence = this.world.lastSequence + 1;
    const transactions = [{ editId: `edit-${sequence}`, author, edits }];
    const record = { epoch: 1, writer: 'entity-server-1', writtenAtMs: this.clock.wallMs(), transactions };
    await this.journal.stream.append(this.journal.subjects.log.replace('*', '0'), encodeRecord(record));
    const [outcome] = this.world.apply(record, sequence);
    if (outcome.kind === 'void') throw new EntityError(outcome.code as EntityError['code'], outcome.text);
    return { sequence, results: outcome.results };
  }

  /** What there is, by id. */
  contents(): Record<string, unknown> {
    return Object.fromEntries([...this.world.entities()].map(({ id, properties }) => [id, properties]));
  }
}

describe('an undo', () => {
  let logged: LoggedWorld;

  beforeEach(async () => {
    logged = await new LoggedWorld().open();
    await logged.do(ADA, [adding(A), adding(B)]);
    await logged.clock.advance(200_000);
  });

  it('takes back what somebody has done in some minutes', async () => {
    const before = logged.contents();
    const fromMs = logged.clock.wallMs();
    await logged.do(BO, [naming(A, 'spoilt'), erasing(B)]);
    await logged.do(BO, [adding(C)]);
    const selection = { author: { name: 'Bo' }, fromMs, toMs: logged.clock.wallMs() };
    const prepared = await prepareUndo(logged.journal, selection);
    expect(prepared.kept).toEqual([]);
    expect(prepared.plan.flat()).toHaveLength(3);
    const sender = { send: (edits: readonly EntityEdit[]) => logged.do(OPERATOR, edits) } as EditSender;
    const shown: number[][] = [];
    const outcome = await carryOutUndo(prepared, logged.journal, selection, sender, (...row) => shown.push(row));
    expect(outcome).toEqual({ edits: 3, kept: [] });
    expect(shown).toEqual([[3, 3]]);
    expect(logged.contents()).toEqual(before);
  });

  it('is planned anew for what somebody touches meanwhile', async () => {
    const fromMs = logged.clock.wallMs();
    await logged.do(BO, [naming(A, 'spoilt'), naming(B, 'spoilt')]);
    const selection = { author: { sessionId: BO.sessionId }, fromMs, toMs: logged.clock.wallMs() };
    const prepared = await prepareUndo(logged.journal, selection);
    await logged.do(ADA, [naming(A, 'mended')]);
    const sender = { send: (edits: readonly EntityEdit[]) => logged.do(OPERATOR, edits) } as EditSender;
    expect((await carryOutUndo(prepared, logged.journal, selection, sender)).edits).toBe(1);
    expect(logged.contents()).toEqual({ [A]: { name: 'mended' }, [B]: {} });
  });
});
