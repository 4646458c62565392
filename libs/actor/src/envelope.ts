import { CodedError } from '@app/world';
import { ActorError } from './actor.errors.js';

/** A message on its way, and where its answer goes; without `resolve` and `reject` nobody waits for one. */
export interface Envelope<Message, Answer> {
  message: Message;
  resolve?: (answer: Answer) => void;
  reject?: (error: Error) => void;
}

/**
 * What whoever asked is told about what a behavior threw: an expected failure as it is; of anything else only that it
 * happened, with the error as its cause.
 */
export function failureOf(path: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  return new ActorError('actor-crashed', `${path} failed at this message.`, { cause: error });
}
