import { type Broker, type BrokerMessage, subjectOf, SUBJECTS, type Subscription } from '@app/broker';
import { decodeMessage, encodeMessage, type MessageFields, type MessageOf } from '@app/wire';
import { CodedError } from '@app/world';

/** Requests that only the writer of a shard answers, so that they are subscribed when it opens. */
type DoorName = 'entityCommit';
type RequestOf<Name extends DoorName> = MessageOf<(typeof SUBJECTS)[Name]['message']>;
type ReplyOf<Name extends DoorName> = MessageFields<(typeof SUBJECTS)[Name]['reply']>;

/** Answers the requests of one subject. A handler that fails with a CodedError answers with its code and sentence. */
export function serveRequests<Name extends DoorName>(
  broker: Broker,
  name: Name,
  tokens: { world: string; who: string },
  handle: (request: RequestOf<Name>) => Promise<ReplyOf<Name>>,
): Subscription {
  const { message: requestName, reply: replyName } = SUBJECTS[name];
  const answer = async (message: BrokerMessage): Promise<void> => {
    let reply: object;
    try {
      reply = (await handle(decodeMessage(requestName, message.data) as RequestOf<Name>)) as object;
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      reply = { errorCode: error.code, errorText: error.message };
    }
    if (message.reply) broker.publish(message.reply, encodeMessage<string>(replyName, reply));
  };
  return broker.subscribe(subjectOf(name, tokens), answer);
}
