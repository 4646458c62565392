import {
  parseSubject,
  SUBJECTS,
  type Broker,
  type BrokerMessage,
  type SubjectRow,
  type Subscription,
} from '@app/broker';
import { decodeMessage, encodeMessage } from '@app/wire';
import { assert, CodedError } from '@app/world';
import { isObservable, lastValueFrom, type Observable } from 'rxjs';
import { BrokerContext } from './broker-context.js';
import type { ControllerHandler } from './controller-handlers.js';
import type { Logger } from './logger.js';
import type { Counter, Labels, Metrics } from './metrics.js';
import { INTERNAL_ERROR_CODE } from './runtime.errors.js';

/** Tokens of subjects seen lately, so that parsing costs nothing per message. */
const SUBJECTS_REMEMBERED_MAX = 1_024;
/** Queue of those who answer on subjects that end with `any`. */
const ANY_QUEUE = 'any';
/** At most one failed handler per this time is logged, in ms; all are counted. */
const FAILURE_LOG_INTERVAL_MS = 1_000;

interface Route {
  /** What docs and metrics call it. */
  row: SubjectRow;
  call: ControllerHandler['call'];
  /** Made once: counting must not allocate. */
  labels: Labels;
}

/**
 * Nest's controllers on our broker: each pattern becomes one subscription, payloads are decoded and answers encoded as
 * the SUBJECTS table says.
 *
 * A pattern that ends with `.any` is a queue: each message goes to one of the processes that listen.
 *
 * Handlers are called at once and directly. Nest's own pipeline of guards, pipes and interceptors costs half a dozen
 * promises for each message, and a mixer hears thousands of messages a second; none of them is used on the broker.
 */
export class BrokerTransport {
  private readonly subscriptions: Subscription[] = [];
  private readonly tokens = new Map<string, { world: string; who: string }>();
  /** Requests that are being answered. */
  private inFlight = 0;
  private idle: (() => void)[] = [];
  private readonly received: Counter;
  private readonly dropped: Counter;
  private failureLoggedAtMs = -Infinity;

  constructor(
    private readonly broker: Broker,
    private readonly instanceId: string,
    private readonly log: Logger,
    metrics: Metrics,
    private readonly nowMs: () => number,
  ) {
    this.received = metrics.counter('broker_messages_received_total', 'Messages from the broker, by subject row.', [
      'subject',
    ]);
    this.dropped = metrics.counter(
      'broker_messages_dropped_total',
      'Messages from the broker that could not be used.',
      ['subject', 'reason'],
    );
  }

  /** Subscribes every handler. Throws for a pattern that is no subject of ours, or that is answered and must not be. */
  bind(handlers: readonly ControllerHandler[]): void {
    for (const handler of handlers) {
      const route = routeOf(handler);
      const subject = handler.pattern.replace('{instance}', this.instanceId);
      // On a subject for anybody, one process of all that listen gets each message.
      const options = subject.endsWith('.any') ? { queue: ANY_QUEUE } : {};
      this.subscriptions.push(this.broker.subscribe(subject, (message) => this.handleMessage(route, message), options));
    }
  }

  /** Takes nothing new and waits for the requests that are being answered. A second call is harmless. */
  async close(): Promise<void> {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
    if (this.inFlight > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  /** A promise tells the broker's connection when the work is done, so that unfinished work is bounded. */
  private handleMessage(route: Route, message: BrokerMessage): Promise<void> | undefined {
    this.received.inc(1, route.labels);
    let content: object;
    try {
      content = decodeMessage(route.row.message, message.data);
    } catch {
      this.dropped.inc(1, { ...route.labels, reason: 'malformed' });
      return undefined;
    }
    const { world, who } = this.tokensOf(message.subject);
    const context = new BrokerContext(message.subject, world, who, message.data);
    if (route.row.reply) return this.answer(route, message, content, context);
    return this.handleEvent(route, content, context);
  }

  private handleEvent(route: Route, content: object, context: BrokerContext): Promise<void> | undefined {
    try {
      const result = route.call(content, context);
      // The usual handler of an event has nothing to say, and costs no promise.
      if (result === undefined) return undefined;
      return settle(result).then(
        () => undefined,
        (error: unknown) => this.countFailure(route, error),
      );
    } catch (error) {
      this.countFailure(route, error);
      return undefined;
    }
  }

  /** One promise for a request and its answer: there are ten thousands of edits a second. Never fails. */
  private async answer(route: Route, message: BrokerMessage, content: object, context: BrokerContext): Promise<void> {
    this.inFlight++;
    let reply: unknown;
    try {
      reply = await route.call(content, context);
      if (isObservable(reply)) reply = await lastOf(reply);
    } catch (error) {
      reply = this.failureReply(route, error);
    }
    try {
      if (message.reply) this.broker.publish(message.reply, encodeMessage(route.row.reply as string, reply as object));
    } catch (error) {
      this.log.warn({ err: error }, 'An answer could not be sent.');
    }
    if (--this.inFlight === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  /** Every reply has these two fields, so that the asker learns what a code says instead of waiting in vain. */
  private failureReply(route: Route, error: unknown): object {
    if (error instanceof CodedError) return { errorCode: error.code, errorText: error.message };
    this.countFailure(route, error);
    return { errorCode: INTERNAL_ERROR_CODE, errorText: 'Something went wrong inside the server.' };
  }

  private countFailure(route: Route, error: unknown): void {
    this.dropped.inc(1, { ...route.labels, reason: 'handler-failed' });
    if (this.nowMs() - this.failureLoggedAtMs < FAILURE_LOG_INTERVAL_MS) return;
    this.failureLoggedAtMs = this.nowMs();
    this.log.error({ err: error, ...route.labels }, 'A message handler failed.');
  }

  private tokensOf(subject: string): { world: string; who: string } {
    const known = this.tokens.get(subject);
    if (known) return known;
    const { world, who } = parseSubject(subject) ?? { world: '', who: '' };
    if (this.tokens.size >= SUBJECTS_REMEMBERED_MAX) this.tokens.clear();
    const tokens = { world, who };
    this.tokens.set(subject, tokens);
    return tokens;
  }
}

function routeOf(handler: ControllerHandler): Route {
  const parsed = parseSubject(handler.pattern.replace('{instance}', '*'));
  assert(parsed, `the pattern ${handler.pattern} belongs to a row of the SUBJECTS table`);
  const row: SubjectRow = SUBJECTS[parsed.name];
  const decorator = row.reply ? '@MessagePattern' : '@EventPattern';
  assert(handler.isEvent === !row.reply, `${handler.pattern} is handled by ${decorator}`);
  return { row, call: handler.call, labels: { subject: parsed.name } };
}

/** What a handler gave: a value, a promise or an observable. */
async function settle(result: unknown): Promise<unknown> {
  const value: unknown = await result;
  return isObservable(value) ? lastOf(value) : value;
}

function lastOf(value: Observable<unknown>): Promise<unknown> {
  return lastValueFrom(value, { defaultValue: undefined });
}
