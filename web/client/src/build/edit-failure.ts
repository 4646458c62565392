import { VicinityError } from '@vicinity/sdk';

/** What people are told about an edit that was not done. Pure. */
export function sentenceFor(error: unknown): string {
  if (!(error instanceof VicinityError)) return 'That did not work.';
  if (error.code === 'rate-limited') return 'That was too fast for the server. Wait a moment, then do it again.';
  return error.message;
}
