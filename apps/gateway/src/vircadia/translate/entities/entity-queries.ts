import { type ConicalView, type EntityQuery, halfAngleRad, QUERY_WANTS_COMPLETION } from '@app/vircadia';
import type { vicinity } from '@app/wire';
import { ENTITY_POSITION_M_MAX, ENTITY_RADIUS_M_MAX, ENTITY_RADIUS_M_MIN, ENTITY_VIEWS_MAX } from '@app/world';
import type { SessionPort } from '../translator.js';

/** A view that is not much elsewhere is not passed on sooner than this, in ms; clients repeat theirs every 3 s. */
const REPEAT_MS = 2_500;
/** Another view is passed on at most this often, in ms. */
const CHANGE_MS = 500;
/** As long as nothing is told, the question is asked again this often, in ms: the session may not have been served yet. */
const UNANSWERED_MS = 1_000;
/** A client may forget everything this often, in ms: all of it is told again. */
const BEGIN_INTERVAL_MS = 2_000;
/** What makes a view another one: metres, and the cosine of 15°. */
const MOVE_M = 1;
const TURN_COSINE = 0.966;

type Interest = vicinity.v1.EntityInterest.$Properties;

/** What a client asks for with its queries, as our session's interest. */
export class EntityQueries {
  /** Of the newest query; undefined before the first. */
  query: EntityQuery | undefined;
  private generation = 0;
  private sent: readonly ConicalView[] | undefined;
  private sentAtMs = -Infinity;
  private isAnswered = false;
  private begunAtMs = -Infinity;

  constructor(private readonly session: SessionPort) {}

  get wantsCompletion(): boolean {
    return ((this.query?.flags ?? 0) & QUERY_WANTS_COMPLETION) !== 0;
  }

  /** A query has come. Returns whether the client begins anew: it has forgotten what it knew. */
  handle(query: EntityQuery, nowMs: number): boolean {
    const { connectionId = query.connectionId } = this.query ?? {};
    const isNew = connectionId !== query.connectionId && nowMs - this.begunAtMs >= BEGIN_INTERVAL_MS;
    if (isNew) this.begunAtMs = nowMs;
    // Whoever begins anew too soon does so with a later query. The parameters are a view of the packet, which nobody reads.
    this.query = {
      ...query,
      connectionId: isNew ? query.connectionId : connectionId,
      jsonParameters: new Uint8Array(0),
    };
    const isDue = nowMs - this.sentAtMs >= (this.isElsewhere(query.views) ? CHANGE_MS : REPEAT_MS);
    if (isNew || isDue) this.send(nowMs);
    return isNew;
  }

  /** The session has been told something. */
  handleAnswer(): void {
    this.isAnswered = true;
  }

  /** The session may have forgotten what was asked for. */
  ask(nowMs: number): void {
    this.isAnswered = false;
    if (this.query) this.send(nowMs);
  }

  tick(nowMs: number): void {
    if (this.query && !this.isAnswered && nowMs - this.sentAtMs >= UNANSWERED_MS) this.send(nowMs);
  }

  private send(nowMs: number): void {
    if (!this.query) return;
    this.sentAtMs = nowMs;
    this.sent = this.query.views;
    this.generation++;
    this.session.reliable({ setInterest: { generation: this.generation, ...interestOf(this.query.views) } });
  }

  private isElsewhere(views: readonly ConicalView[]): boolean {
    if (views.length !== this.sent?.length) return true;
    return views.some(({ position, direction, farClip }, i) => {
      const before = (this.sent as readonly ConicalView[])[i];
      const way = Math.hypot(
        position.x - before.position.x,
        position.y - before.position.y,
        position.z - before.position.z,
      );
      const { x, y, z } = before.direction;
      const cosine = direction.x * x + direction.y * y + direction.z * z;
      return way > MOVE_M || cosine < TURN_COSINE || farClip !== before.farClip;
    });
  }
}

/** No views mean no restriction; otherwise it is as far as the farthest of them sees. */
function interestOf(views: readonly ConicalView[]): Interest {
  const farthest = views.length === 0 ? ENTITY_RADIUS_M_MAX : Math.max(...views.map(({ farClip }) => farClip));
  const radiusM = Math.min(ENTITY_RADIUS_M_MAX, Math.max(ENTITY_RADIUS_M_MIN, farthest));
  return { radiusM, views: views.filter(isPossible).slice(0, ENTITY_VIEWS_MAX).map(viewOf) };
}

function viewOf(view: ConicalView): vicinity.v1.EntityView.$Properties {
  const { position, direction } = view;
  return { position, direction, halfAngleRad: Math.min(Math.fround(Math.PI), Math.max(0, halfAngleRad(view))) };
}

/** Whether our own gate takes it: an eye that is in the world or near it, and a direction. */
function isPossible({ position, direction }: ConicalView): boolean {
  const farthest = Math.max(Math.abs(position.x), Math.abs(position.y), Math.abs(position.z));
  const length = Math.hypot(direction.x, direction.y, direction.z);
  return farthest <= 2 * ENTITY_POSITION_M_MAX && length > 1e-3 && length < 1e3;
}
