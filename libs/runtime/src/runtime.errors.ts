/** What a request is answered when its handler failed in a way that nobody foresaw. The details are in the log. */
export const INTERNAL_ERROR_CODE = 'internal-error';
