import type { Clock, Timer } from '@app/clock';
import { ACTOR_MAILBOX_MAX } from '@app/world';
import type { ActorContext, ActorOptions } from './actor-context.js';
import { type ActorDump, ActorFamily, type FamilyMember } from './actor-family.js';
import { type ActorHandle, type ActorRef, LocalActorRef, type Recipient } from './actor-ref.js';
import { ActorError, type ActorErrorCode } from './actor.errors.js';
import { type Behavior, type BehaviorFactory, Later, type StopReason } from './behavior.js';
import type { DeadLetters } from './dead-letters.js';
import { type Envelope, failureOf } from './envelope.js';
import { RefusingMailbox } from './mailbox.js';
import { DEFAULT_RESTART_POLICY } from './restart-policy.js';
import { type Directive, OneForOneSupervisor } from './supervisor.js';
import type { SystemMessage } from './system-messages.js';
import { Turns } from './turns.js';

/** A behavior has thrown what it must not throw. */
export interface CrashReport {
  path: string;
  error: unknown;
  directive: Directive;
}

/** What all actors of a system share. */
export interface CellSurroundings {
  readonly clock: Clock;
  readonly deadLetters: DeadLetters;
  /** Counts one actor more; fails with `actor-limit`. */
  enter(): void;
  leave(): void;
  reportCrash(report: CrashReport): void;
}

/** One actor: its mailbox, its life, its children. */
export class ActorCell<Message, Answer> implements Recipient<Message, Answer>, FamilyMember {
  readonly ref: ActorHandle<Message, Answer>;
  private readonly mailbox: RefusingMailbox<Envelope<Message, Answer>>;
  private readonly mailboxMax: number;
  private readonly family = new ActorFamily();
  private readonly supervisor: OneForOneSupervisor;
  private readonly turns: Turns;
  private readonly context: ActorContext<Message, Answer>;
  private readonly whenStopped: Promise<void>;
  private tellStopped!: () => void;
  private behavior: Behavior<Message, Answer> | undefined;
  private state: ActorDump['state'] = 'starting';
  private isPoisoned = false;
  private unanswered = 0;
  private restarts = 0;
  private pause: Timer | undefined;

  constructor(
    private readonly surroundings: CellSurroundings,
    readonly path: string,
    private readonly factory: BehaviorFactory<Message, Answer>,
    options: ActorOptions,
    private readonly onStopped: (reason: StopReason) => void,
  ) {
    surroundings.enter();
    this.ref = new LocalActorRef(this, surroundings.clock);
    this.mailboxMax = Math.min(options.mailboxMax ?? ACTOR_MAILBOX_MAX, ACTOR_MAILBOX_MAX);
    this.mailbox = new RefusingMailbox(this.mailboxMax);
    this.supervisor = new OneForOneSupervisor(options.restart ?? DEFAULT_RESTART_POLICY);
    this.turns = new Turns(surroundings.clock, () => this.doNext());
    this.context = {
      self: this.ref,
      clock: surroundings.clock,
      stop: () => void this.stop('stop'),
      spawn: (name, child, childOptions = {}) => this.spawn(name, child, childOptions),
    };
    this.whenStopped = new Promise((resolve) => (this.tellStopped = resolve));
    this.instruct({ type: 'start' });
  }

  post(envelope: Envelope<Message, Answer>): boolean {
    const isTaken = !this.isEnding && this.hasRoom && this.mailbox.push(envelope);
    if (isTaken) this.turns.wake();
    else this.refuse(envelope);
    return isTaken;
  }

  stop(verb: 'stop' | 'poison'): Promise<void> {
    if (verb === 'stop') {
      if (this.state !== 'stopping' && this.state !== 'stopped') this.instruct({ type: 'stop' });
    } else {
      this.isPoisoned = true;
      this.turns.wake();
    }
    return this.whenStopped;
  }

  dump(): ActorDump {
    const { path, state, unanswered, restarts } = this;
    return { path, state, queued: this.mailbox.count, unanswered, restarts, children: this.family.dump() };
  }

  private get isEnding(): boolean {
    return this.isPoisoned || this.state === 'stopping' || this.state === 'stopped';
  }

  private get hasRoom(): boolean {
    return this.mailbox.count + this.unanswered < this.mailboxMax;
  }

  private spawn<M, A>(name: string, factory: BehaviorFactory<M, A>, options: ActorOptions): ActorHandle<M, A> {
    const cell = this.family.add(
      name,
      () =>
        new ActorCell<M, A>(this.surroundings, `${this.path}/${name}`, factory, options, (reason) => {
          this.family.remove(name);
          this.instruct({ type: 'child-stopped', child: cell.ref, reason });
        }),
    );
    return cell.ref;
  }

  private instruct(message: SystemMessage): void {
    this.mailbox.pushSystem(message);
    this.turns.wake();
  }

  /** False when there is nothing to do. Never throws or rejects. */
  private doNext(): void | Promise<void> | false {
    if (this.state === 'stopped') return false;
    const system = this.mailbox.takeSystem();
    if (system) return this.handleSystem(system);
    if (this.state !== 'running') return false;
    const envelope = this.mailbox.take();
    if (envelope) return this.handle(envelope);
    return this.isPoisoned && this.unanswered === 0 ? this.end({ code: 'poison' }) : false;
  }

  private handleSystem(message: SystemMessage): void | Promise<void> {
    switch (message.type) {
      case 'start':
        return this.live();
      case 'stop':
        return this.end({ code: 'stop' });
      case 'child-stopped':
        return this.mourn(message.child, message.reason);
      case 'failed-later':
        if (message.life === this.behavior) return this.crash(message.error);
        return undefined;
    }
  }

  private async live(): Promise<void> {
    try {
      this.behavior = this.factory();
      await this.behavior.started?.(this.context);
      this.state = 'running';
    } catch (error) {
      await this.crash(error);
    }
  }

  private async mourn(child: ActorRef<never, unknown>, reason: StopReason): Promise<void> {
    try {
      await this.behavior?.childStopped?.(child, reason, this.context);
    } catch (error) {
      await this.crash(error);
    }
  }

  /** Costs no promise when the behavior makes none. */
  private handle(envelope: Envelope<Message, Answer>): void | Promise<void> {
    try {
      const answer = this.behavior!.receive(envelope.message, this.context);
      if (!isPromise(answer)) return this.settle(envelope, answer);
      return answer.then(
        (value) => this.settle(envelope, value),
        (error: unknown) => this.fail(envelope, error),
      );
    } catch (error) {
      return this.fail(envelope, error);
    }
  }

  private settle(envelope: Envelope<Message, Answer>, answer: Answer | Later<Answer>): void {
    if (!(answer instanceof Later)) return envelope.resolve?.(answer);
    const life = this.behavior;
    this.unanswered++;
    answer.answer
      .then(
        (value) => envelope.resolve?.(value),
        (error: unknown) => {
          if (!this.isExpected(envelope, error)) this.instruct({ type: 'failed-later', error, life });
        },
      )
      .finally(() => {
        this.unanswered--;
        // It may be what a poisoned actor was waiting for.
        this.turns.wake();
      });
  }

  private fail(envelope: Envelope<Message, Answer>, error: unknown): void | Promise<void> {
    if (!this.isExpected(envelope, error)) return this.crash(error);
  }

  /** Tells whoever asked; whether it is no more than that. */
  private isExpected(envelope: Envelope<Message, Answer>, error: unknown): boolean {
    const failure = failureOf(this.path, error);
    if (envelope.reject) envelope.reject(failure);
    else this.surroundings.deadLetters.add(this.path, failure.code, envelope.message);
    return failure === error;
  }

  private async crash(error: unknown): Promise<void> {
    const directive = this.supervisor.decide(this.surroundings.clock.nowMs());
    this.state = 'restarting';
    this.surroundings.reportCrash({ path: this.path, error, directive });
    await this.endLife({ code: 'crash', error });
    if (directive.type === 'stop') return this.end({ code: 'crash', error });
    this.restarts++;
    this.pause = this.surroundings.clock.after(directive.delayMs, () => this.instruct({ type: 'start' }));
  }

  private async end(reason: StopReason): Promise<void> {
    this.state = 'stopping';
    this.pause?.cancel();
    for (let envelope = this.mailbox.take(); envelope; envelope = this.mailbox.take()) this.refuse(envelope);
    await this.endLife(reason);
    this.state = 'stopped';
    this.surroundings.leave();
    this.onStopped(reason);
    this.tellStopped();
  }

  /** Children first: they may still need their parent. */
  private async endLife(reason: StopReason): Promise<void> {
    await this.family.stopAll(reason.code === 'poison' ? 'poison' : 'stop');
    const { behavior } = this;
    this.behavior = undefined;
    try {
      await behavior?.stopped?.(reason);
    } catch (error) {
      this.surroundings.reportCrash({ path: this.path, error, directive: { type: 'stop' } });
    }
  }

  private refuse(envelope: Envelope<Message, Answer>): void {
    const code: ActorErrorCode = this.isEnding ? 'actor-stopped' : 'actor-mailbox-full';
    this.surroundings.deadLetters.add(this.path, code, envelope.message);
    const text = this.isEnding ? `${this.path} has stopped.` : `${this.path} has too much to do.`;
    envelope.reject?.(new ActorError(code, text));
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}
