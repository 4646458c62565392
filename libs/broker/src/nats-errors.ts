import { errors } from '@nats-io/transport-node';
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { BrokerError } from './broker.errors.js';

/** The connection is down, or was closed. */
export function disconnectedError(cause?: unknown): BrokerError {
  return new BrokerError('broker-disconnected', 'The connection to the broker is down.', { cause });
}

function isConnectionError(error: unknown): boolean {
  return (
    error instanceof errors.ClosedConnectionError ||
    error instanceof errors.DrainingConnectionError ||
    error instanceof errors.ConnectionError
  );
}

/** What went wrong with a plain request, in our words. */
export function requestError(error: unknown, subject: string): BrokerError {
  if (error instanceof BrokerError) return error;
  if (error instanceof errors.TimeoutError) return timeoutError(subject, error);
  if (isNoResponders(error)) return noRespondersError(subject, error);
  if (isConnectionError(error)) return disconnectedError(error);
  return new BrokerError('broker-unavailable', `The request on ${subject} failed.`, { cause: error });
}

/** A request was not answered in time. */
export function timeoutError(subject: string, cause?: unknown): BrokerError {
  return new BrokerError('broker-timeout', `Nobody answered on ${subject} in time.`, { cause });
}

/** The broker says that nobody listens. */
export function noRespondersError(subject: string, cause?: unknown): BrokerError {
  return new BrokerError('broker-no-responders', `Nobody listens on ${subject}.`, { cause });
}

/** Whether the broker said that nobody listens. */
export function isNoResponders(error: unknown): boolean {
  return error instanceof errors.NoRespondersError || (error instanceof errors.RequestError && error.isNoResponders());
}

/** Whether a log refused a write because its subject has moved on. */
export function isWrongSequence(error: unknown): boolean {
  return (
    error instanceof JetStreamApiError &&
    (error.code === JetStreamApiCodes.StreamWrongLastSequence ||
      error.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown)
  );
}

/** What went wrong with a request to JetStream, in our words; refusals by sequence are told apart before. */
export function jetStreamError(error: unknown, what: string): BrokerError {
  if (error instanceof BrokerError) return error;
  if (isConnectionError(error)) return disconnectedError(error);
  // Right after its start the broker answers "no responders", "not enabled" or not at all: all of it passes.
  return new BrokerError('broker-unavailable', `The broker's storage cannot be used: ${what}.`, { cause: error });
}
