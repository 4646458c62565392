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
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { BrokerContext } from './broker-context.js';
import type { Logger } from './logger.js';
import type { Counter, Metrics } from './metrics.js';

/** Tokens of subjects seen lately, so that parsing costs nothing per message. */
const SUBJECTS_REMEMBERED_MAX = 1_024;
/** At most one failed handler per this time is logged, in ms; all are counted. */
const FAILURE_LOG_INTERVAL_MS = 1_000;

interface Route {
  /** What docs and metrics call it. */
  name: string;
  row: SubjectRow;
  handler: MessageHandler;
  isEvent: boolean;
}

/**
 * Nest's controllers on our broker: each pattern becomes one subscription, payloads are decoded and answers encoded as
 * the SUBJECTS table says.
 *
 * Handlers are called directly, not through Nest's observable pipeline: a mixer hears thousands of messages a second.
 */
export class BrokerTransport extends Server implements CustomTransportStrategy {
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly tokens = new Map<string, { world: string; who: string }>();
  private readonly inFlight = new Set<Promise<void>>();
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
    super();
    this.received = metrics.counter('broker_messages_received_total', 'Messages from the broker, by subject row.', [
      'subject',
    ]);
    this.dropped = metrics.counter(
      'broker_messages_dropped_total',
      'Messages from the broker that could not be used.',
      ['subject', 'reason'],
    );
  }

  /** Subscribes all patterns that controllers have registered. Can be called again after more were registered. */
  subscribeAll(): void {
    for (const [pattern, handler] of this.messageHandlers) {
      if (this.subscriptions.has(pattern)) continue;
      const route = this.routeOf(pattern, handler);
      const subject = pattern.replace('{instance}', this.instanceId);
      this.subscriptions.set(
        pattern,
        this.broker.subscribe(subject, (message) => this.handleMessage(route, message)),
      );
    }
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      this.subscribeAll();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Takes nothing new and waits for the requests that are being answered. */
  async close(): Promise<void> {
    for (const subscription of this.subscriptions.values()) subscription.unsubscribe();
    this.subscriptions.clear();
    await Promise.all(this.inFlight);
  }

  on(): never {
    throw new Error('Nothing listens to events of this transport; use Broker.onStatus.');
  }

  unwrap<T>(): T {
    return this.broker as T;
  }

  private routeOf(pattern: string, handler: MessageHandler): Route {
    const parsed = parseSubject(pattern.replace('{instance}', '*'));
    assert(parsed, `the pattern ${pattern} belongs to a row of the SUBJECTS table`);
    const row: SubjectRow = SUBJECTS[parsed.name];
    const isEvent = handler.isEventHandler === true;
    assert(isEvent === !row.reply, `${pattern} is handled by ${row.reply ? '@MessagePattern' : '@EventPattern'}`);
    return { name: parsed.name, row, handler, isEvent };
  }

  private handleMessage(route: Route, message: BrokerMessage): void {
    this.received.inc(1, { subject: route.name });
    let content: unknown;
    try {
      content = decodeMessage(route.row.message, message.data);
    } catch {
      this.dropped.inc(1, { subject: route.name, reason: 'malformed' });
      return;
    }
    const { world, who } = this.tokensOf(message.subject);
    const context = new BrokerContext(message.subject, world, who, message.data);
    const result = route.handler(content, context as never);
    if (route.isEvent) this.watchEvent(route, result);
    else this.track(this.answer(route, message, result));
  }

  /** A failed event is counted; nobody waits for it. */
  private watchEvent(route: Route, result: unknown): void {
    const outcome = Promise.resolve(result).then((value) =>
      isObservable(value) ? lastValueFrom(value, { defaultValue: undefined }) : undefined,
    );
    outcome.catch((error: unknown) => this.countFailure(route, error));
  }

  private async answer(route: Route, message: BrokerMessage, result: unknown): Promise<void> {
    let reply: unknown;
    try {
      const value: unknown = await result;
      reply = isObservable(value) ? await lastValueFrom(value) : value;
    } catch (error) {
      // Every reply has these two fields, so that the asker learns what a code says instead of waiting in vain.
      const isExpected = error instanceof CodedError;
      if (!isExpected) this.countFailure(route, error);
      reply = {
        errorCode: isExpected ? error.code : 'internal',
        errorText: isExpected ? error.message : 'Something went wrong inside the server.',
      };
    }
    if (!message.reply) return;
    this.broker.publish(message.reply, encodeMessage(route.row.reply as string, reply as object));
  }

  private track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error: unknown) => this.log.warn({ err: error }, 'An answer could not be sent.'))
      .finally(() => this.inFlight.delete(tracked));
    this.inFlight.add(tracked);
  }

  private countFailure(route: Route, error: unknown): void {
    this.dropped.inc(1, { subject: route.name, reason: 'handler-failed' });
    if (this.nowMs() - this.failureLoggedAtMs < FAILURE_LOG_INTERVAL_MS) return;
    this.failureLoggedAtMs = this.nowMs();
    this.log.error({ err: error, subject: route.name }, 'A message handler failed.');
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
