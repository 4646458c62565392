import { decodeMessage, encodeMessage, type MessageFields, type MessageOf } from '@app/wire';
import { CodedError } from '@app/world';
import { isRetryableActorCode } from './actor.errors.js';

/** How the messages of an actor, and its answers, travel on the broker. Decoders fail with a CodedError. */
export interface SubjectProtocol<Message, Answer> {
  encode(message: Message): Uint8Array;
  /** The bytes may be used until the message is answered. */
  decode(data: Uint8Array, subject: string): Message;
  encodeAnswer(answer: Answer): Uint8Array;
  encodeRefusal(error: CodedError): Uint8Array;
  /** Fails with the CodedError that the other side refused with, too. */
  decodeAnswer(data: Uint8Array): Answer;
}

/**
 * Messages of proto/, as a row of SUBJECTS names them. A refusal is an answer with `error_code` and `error_text`.
 *
 * @param isRetryable  whether a code of the other side means "later"; for the codes of this room that is known
 */
export function wireProtocol<Name extends string, Reply extends string>(
  name: Name,
  reply: Reply,
  isRetryable: (code: string) => boolean = () => false,
): SubjectProtocol<MessageFields<Name>, MessageFields<Reply>> {
  return {
    encode: (message) => encodeMessage(name, message),
    decode: (data) => decodeMessage(name, data) as MessageFields<Name>,
    encodeAnswer: (answer) => encodeMessage(reply, answer),
    encodeRefusal: ({ code, message }) =>
      encodeMessage(reply, { errorCode: code, errorText: message } as MessageFields<Reply>),
    decodeAnswer: (data) => {
      const answer: MessageOf<Reply> = decodeMessage(reply, data);
      const { errorCode, errorText } = answer as { errorCode?: string; errorText?: string };
      if (!errorCode) return answer as MessageFields<Reply>;
      throw new CodedError(errorCode, errorText ?? '', isRetryableActorCode(errorCode) || isRetryable(errorCode));
    },
  };
}
