import { type Broker, BrokerError } from '@app/broker';
import type { ActorRef, AskOptions } from './actor-ref.js';
import { ActorError } from './actor.errors.js';
import type { SubjectProtocol } from './subject-protocol.js';

/**
 * The way to an actor that is bound to a subject, in whatever process it lives. Besides the codes of any ActorRef, `ask`
 * fails with `broker-disconnected` while this process is cut off, and with the decoder's code for an answer that is none.
 */
export function subjectRef<Message, Answer>(
  broker: Broker,
  subject: string,
  protocol: SubjectProtocol<Message, Answer>,
): ActorRef<Message, Answer> {
  return {
    path: subject,
    tell: (message) => {
      if (!broker.isConnected) return false;
      broker.publish(subject, protocol.encode(message));
      return true;
    },
    ask: async (message, options) =>
      protocol.decodeAnswer(await request(broker, subject, protocol.encode(message), options)),
  };
}

async function request(broker: Broker, subject: string, data: Uint8Array, options: AskOptions): Promise<Uint8Array> {
  try {
    return await broker.request(subject, data, options);
  } catch (cause) {
    if (!(cause instanceof BrokerError)) throw cause;
    if (cause.code === 'broker-timeout') {
      throw new ActorError('actor-timeout', `${subject} did not answer in time.`, { cause });
    }
    if (cause.code === 'broker-no-responders') {
      throw new ActorError('actor-stopped', `Nobody listens on ${subject}.`, { cause });
    }
    throw cause;
  }
}
