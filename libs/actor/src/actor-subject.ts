import type { Broker, SubscribeOptions, Subscription } from '@app/broker';
import { CodedError } from '@app/world';
import type { ActorRef } from './actor-ref.js';
import { ActorError } from './actor.errors.js';
import type { SubjectProtocol } from './subject-protocol.js';

/**
 * What is sent to a subject, or to all subjects of a pattern, goes into the actor's mailbox; requests are answered with
 * what the behavior returns, or refused with a code. Where it is bound decides nothing for those who send: they use
 * `subjectRef`.
 *
 * Whoever binds ends the subscription, usually in `stopped` of the behavior that did it in `started`. What arrives
 * while the actor is ending is refused with `actor-stopped`.
 */
export function bindSubject<Message, Answer>(
  broker: Broker,
  pattern: string,
  ref: ActorRef<Message, Answer>,
  protocol: SubjectProtocol<Message, Answer>,
  options: SubscribeOptions = {},
): Subscription {
  return broker.subscribe(
    pattern,
    async ({ subject, data, reply }) => {
      // The promise lasts until the message is handled: so long the bytes are valid, and unfinished work is bounded.
      const answering = answer(ref, protocol, data, subject);
      // Nobody waits: what fails is counted by the broker's connection.
      if (reply === undefined) await answering;
      else broker.publish(reply, await answering.catch((error: unknown) => protocol.encodeRefusal(refusalOf(error))));
    },
    options,
  );
}

async function answer<Message, Answer>(
  ref: ActorRef<Message, Answer>,
  protocol: SubjectProtocol<Message, Answer>,
  data: Uint8Array,
  subject: string,
): Promise<Uint8Array> {
  const message = protocol.decode(data, subject);
  // Whoever asks has a deadline of its own, and this process cannot know it.
  return protocol.encodeAnswer(await ref.ask(message, { timeoutMs: Infinity }));
}

/** Texts of what nobody foresaw may tell too much of the inside. */
function refusalOf(error: unknown): CodedError {
  return error instanceof CodedError ? error : new ActorError('actor-crashed', 'Something went wrong inside.');
}
