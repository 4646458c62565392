import { clientFailure, serverFailure, VicinityError } from '../errors.js';

/** The part of `fetch` that uploads need. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const ANSWER_CHARACTERS_MAX = 65_536;

/** Asks the asset-server; throws a VicinityError with the server's code and sentence, or `assets-unreachable`. */
export async function askAssets(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: 'omit' });
  } catch (cause) {
    throw clientFailure('assets-unreachable', { cause });
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

/** The JSON of an answer; an empty object for anything else. */
export async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  try {
    const text = await response.text();
    const json: unknown = text.length > ANSWER_CHARACTERS_MAX ? undefined : JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function failureOf(response: Response): Promise<VicinityError> {
  const { error } = await jsonOf(response);
  if (typeof error === 'object' && error !== null && 'code' in error) {
    const { code, text, retryAfterMs } = error as Record<string, unknown>;
    return serverFailure(code, text, retryAfterMs);
  }
  // A proxy's page, or an answer without a body.
  if (response.status === 404) return new VicinityError('upload-unknown', 'The upload is not known any more.', false);
  return clientFailure('assets-unreachable');
}
