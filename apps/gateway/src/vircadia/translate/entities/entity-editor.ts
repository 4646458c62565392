import { type EntityEdit, isSameLayout, toWorldProperties, type WireProperties } from '@app/vircadia';
import { encodeMessage, WireError } from '@app/wire';
import { ENTITY_EDITS_WAITING_BYTES_MAX, type EntityId } from '@app/world';
import { TokenBucket } from '../../../rate-limit.js';
import type { TranslatorGround } from '../translators.js';
import type { SessionPort } from '../translator.js';
import { type EditDraft, editOf, mergeSteps, newDraft, type Step } from './edit-draft.js';
import type { EntityTeller } from './entity-teller.js';

/** Less than our session's own limits: Vircadia's clients do not know of them. */
const REQUESTS_PER_SECOND = 40;
const REQUESTS_UNDER_WAY_MAX = 8;
const EDITS_PER_REQUEST_MAX = 100;
const REQUEST_BYTES_MAX = 49_152;
/** Entities that a client edits at a time. */
const DRAFTS_MAX = 4_096;
/** How long is remembered what a client has set, in ms: packets that were lost come a second later. */
const DRAFT_IDLE_MS = 4_000;
/** How long is tried what may pass, in ms; and how long until it is tried again. */
const TRIED_MS_MAX = 10_000;
const RETRY_MS = 500;
/** A request that was never answered, in ms. */
const ANSWER_MS_MAX = 30_000;
/** Clocks of clients that are more ahead than this are not believed, in µs. */
const FUTURE_US_MAX = 10_000_000;
const US_PER_MS = 1_000;

/** What may pass. */
const PASSING: ReadonlySet<string> = new Set(['rate-limited', 'edits-waiting', 'world-busy', 'world-unavailable']);

type Task = readonly [draft: EditDraft, step: Step];

interface Request {
  readonly tasks: readonly Task[];
  readonly sentAtMs: number;
}

/**
 * What one client wants entities to be, as transactions of its session: edits of one entity one after the other, several
 * entities in one request, never more than the session may. What is refused is answered as Vircadia's server would: with
 * what is true.
 */
export class EntityEditor {
  private readonly drafts = new Map<EntityId, EditDraft>();
  /** Drafts with a next step, in order. */
  private readonly ready = new Set<EditDraft>();
  private readonly requests = new Map<number, Request>();
  private readonly rate = new TokenBucket(REQUESTS_PER_SECOND, REQUESTS_PER_SECOND);
  private waitingBytes = 0;
  private sweptAtMs = 0;

  constructor(
    private readonly session: SessionPort,
    private readonly teller: EntityTeller,
    private readonly ground: Pick<TranslatorGround, 'clock' | 'metrics'>,
  ) {}

  /** @param sizeBytes  of the edit, about */
  add(edit: EntityEdit, sizeBytes: number, nowMs: number): void {
    const properties = toWorldProperties(edit.type, edit.properties, {}, true);
    const draft = this.draftOf(edit.id, edit.type, nowMs);
    if (!draft) return this.teller.refuse(edit.id);
    this.note(draft, edit);
    this.plan(draft, { kind: 'add', properties }, sizeBytes, nowMs);
  }

  change(edit: EntityEdit, sizeBytes: number, nowMs: number): void {
    const { entity } = this.teller.find(edit.id) ?? {};
    const type = this.drafts.get(edit.id)?.type ?? entity?.type;
    // Nobody may change what it does not know: it would not know what it changes.
    if (type === undefined || !isSameLayout(entity?.wireType ?? type, edit.type))
      return this.drop('vircadia-edit-unknown');
    const draft = this.draftOf(edit.id, type, nowMs);
    if (!draft) return this.teller.tellTruth(edit.id, edit.lastEditedUs);
    const wire = this.newestOf(draft, edit);
    const properties = toWorldProperties(edit.type, wire, { ...entity?.properties, ...draft.ahead }, false);
    if (Object.keys(properties).length === 0) return;
    this.note(draft, edit);
    this.teller.noteEdit(edit.id, this.believed(edit.lastEditedUs));
    this.plan(draft, { kind: 'change', properties }, sizeBytes, nowMs);
  }

  erase(id: EntityId, nowMs: number): void {
    const type = this.drafts.get(id)?.type ?? this.teller.find(id)?.entity.type;
    const draft = type === undefined ? undefined : this.draftOf(id, type, nowMs);
    if (draft) this.plan(draft, { kind: 'erase' }, 0, nowMs);
    else this.drop('vircadia-edit-unknown');
  }

  clone(originalId: EntityId, newId: EntityId, nowMs: number): void {
    const original = this.teller.find(originalId);
    const draft = original && this.draftOf(newId, original.entity.type, nowMs);
    if (draft) this.plan(draft, { kind: 'clone', of: originalId }, 0, nowMs);
    else this.teller.refuse(newId);
  }

  /** A request was done. */
  handleDone(number: number, nowMs: number): void {
    for (const [draft] of this.take(number)) {
      draft.isAlone = false;
      this.settle(draft, nowMs);
    }
  }

  /** A request was refused. */
  handleFailed(number: number, code: string, nowMs: number): void {
    const tasks = this.take(number);
    const isPassing = PASSING.has(code);
    for (const [draft, step] of tasks) {
      const isToBeTried = isPassing ? nowMs - draft.nextSinceMs < TRIED_MS_MAX : tasks.length > 1;
      draft.isAlone ||= !isPassing && tasks.length > 1;
      if (isToBeTried) {
        draft.notBeforeMs = isPassing ? nowMs + RETRY_MS : nowMs;
        draft.next = draft.next ? mergeSteps(step, draft.next) : step;
      } else this.refuse(draft, step);
      this.settle(draft, nowMs);
    }
  }

  tick(nowMs: number): void {
    while (this.ready.size > 0 && this.requests.size < REQUESTS_UNDER_WAY_MAX) {
      // First of all: looking for what is next costs more than finding that it may not go yet.
      if (!this.rate.take(nowMs)) break;
      const tasks = this.nextTasks(nowMs);
      if (tasks.length === 0) break;
      this.send(tasks, nowMs);
    }
    if (nowMs - this.sweptAtMs >= 1_000) this.sweep(nowMs);
  }

  private send(tasks: readonly Task[], nowMs: number): void {
    const request = this.session.nextRequest();
    this.requests.set(request, { tasks, sentAtMs: nowMs });
    for (const [draft] of tasks) {
      this.ready.delete(draft);
      this.waitingBytes -= draft.nextBytes;
      draft.next = undefined;
      draft.nextBytes = 0;
      draft.isUnderWay = true;
    }
    // The answer may come before this returns.
    this.session.reliable({ editEntities: { request, edits: tasks.map(([draft, step]) => editOf(draft, step)) } });
  }

  private nextTasks(nowMs: number): Task[] {
    const tasks: Task[] = [];
    let bytes = 0;
    for (const draft of this.ready) {
      const { next } = draft;
      if (!next || draft.notBeforeMs > nowMs) continue;
      if (draft.isAlone && tasks.length > 0) continue;
      const editBytes = this.bytesOf(draft, next);
      if (editBytes === undefined) continue;
      bytes += editBytes;
      if (tasks.length > 0 && bytes > REQUEST_BYTES_MAX) break;
      tasks.push([draft, next]);
      if (draft.isAlone || tasks.length === EDITS_PER_REQUEST_MAX) break;
    }
    return tasks;
  }

  /** Undefined when it cannot be said: then it is refused, and holds up nobody. */
  private bytesOf(draft: EditDraft, step: Step): number | undefined {
    try {
      return encodeMessage('EntityEdit', editOf(draft, step)).length;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
    this.drop('vircadia-edit-unsayable');
    this.waitingBytes -= draft.nextBytes;
    draft.nextBytes = 0;
    draft.next = undefined;
    this.ready.delete(draft);
    this.refuse(draft, step);
    return undefined;
  }

  private plan(draft: EditDraft, step: Step, sizeBytes: number, nowMs: number): void {
    if (this.waitingBytes + sizeBytes > ENTITY_EDITS_WAITING_BYTES_MAX) {
      this.drop('vircadia-edits-waiting');
      this.refuse(draft, step);
      return this.settle(draft, nowMs);
    }
    if (!draft.next) draft.nextSinceMs = nowMs;
    draft.next = mergeSteps(draft.next, step);
    draft.nextBytes += sizeBytes;
    this.waitingBytes += sizeBytes;
    if ('properties' in step) draft.ahead = { ...draft.ahead, ...step.properties };
    draft.touchedAtMs = nowMs;
    if (!draft.isUnderWay) this.queue(draft);
  }

  private settle(draft: EditDraft, nowMs: number): void {
    draft.isUnderWay = false;
    draft.touchedAtMs = nowMs;
    this.queue(draft);
  }

  private queue(draft: EditDraft): void {
    if (draft.next) this.ready.add(draft);
    else this.ready.delete(draft);
  }

  /** The client is told what is true instead. */
  private refuse(draft: EditDraft, step: Step): void {
    draft.ahead = {};
    if (step.kind === 'add' || step.kind === 'clone') {
      this.forget(draft);
      this.teller.refuse(draft.id);
    }
    this.teller.tellTruth(draft.id, this.believed(draft.newestUs));
  }

  private forget(draft: EditDraft): void {
    this.waitingBytes -= draft.nextBytes;
    draft.nextBytes = 0;
    draft.next = undefined;
    this.ready.delete(draft);
    this.drafts.delete(draft.id);
  }

  private take(number: number): readonly Task[] {
    const { tasks = [] } = this.requests.get(number) ?? {};
    this.requests.delete(number);
    return tasks;
  }

  private draftOf(id: EntityId, type: string, nowMs: number): EditDraft | undefined {
    let draft = this.drafts.get(id);
    if (draft) return draft;
    if (this.drafts.size >= DRAFTS_MAX) {
      this.drop('vircadia-edits-waiting');
      return undefined;
    }
    draft = newDraft(id, type, nowMs);
    this.drafts.set(id, draft);
    return draft;
  }

  /** What is not older than what has come already. */
  private newestOf({ setAtUs }: EditDraft, { properties, lastEditedUs }: EntityEdit): WireProperties {
    return new Map([...properties].filter(([name]) => (setAtUs.get(name) ?? 0) <= lastEditedUs));
  }

  private note(draft: EditDraft, { properties, lastEditedUs }: EntityEdit): void {
    for (const name of properties.keys()) {
      draft.setAtUs.set(name, Math.max(lastEditedUs, draft.setAtUs.get(name) ?? 0));
    }
    draft.newestUs = Math.max(draft.newestUs, lastEditedUs);
  }

  private believed(lastEditedUs: number): number {
    return Math.min(lastEditedUs, Math.floor(this.ground.clock.wallMs() * US_PER_MS) + FUTURE_US_MAX);
  }

  private sweep(nowMs: number): void {
    this.sweptAtMs = nowMs;
    for (const [number, { sentAtMs }] of this.requests) {
      if (nowMs - sentAtMs > ANSWER_MS_MAX) this.handleFailed(number, '', nowMs);
    }
    for (const draft of this.drafts.values()) {
      if (!draft.isUnderWay && !draft.next && nowMs - draft.touchedAtMs > DRAFT_IDLE_MS) this.drafts.delete(draft.id);
    }
  }

  private drop(reason: string): void {
    this.ground.metrics.countDrop(reason);
  }
}
