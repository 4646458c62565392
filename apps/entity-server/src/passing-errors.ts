import { EntityError } from '@app/entities';

/** The world is not open, or nobody can write. */
export function worldUnavailable(cause?: unknown): EntityError {
  return new EntityError('world-unavailable', 'The world cannot be used at this moment.', { cause });
}

/** More wait than may. */
export function worldBusy(): EntityError {
  return new EntityError('world-busy', 'Too many edits wait for this world at this moment.');
}

/** What was erased from a network address has taken more with it than may go at once. */
export function erasedTooMuch(): EntityError {
  return new EntityError('world-busy', 'Too much at once was erased from this network address; wait some seconds.');
}
