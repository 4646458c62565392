import type { IncomingMessage, ServerResponse } from 'node:http';
import { ASSET_REQUEST_BYTES_MAX } from '@app/world';
import { AssetError } from '../asset-server.errors.js';

/** One request and its answer. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** The network address that the request comes from. */
  address: string;
}

/** Handles one method of one kind of target. */
export type Handler<T> = (exchange: Exchange, target: T) => Promise<void>;

/** Answers with JSON that must not be kept by anybody. */
export function answerJson(
  { response }: Exchange,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  const type = { 'Content-Type': 'application/json', 'Content-Length': bytes.length, 'Cache-Control': 'no-store' };
  response.writeHead(status, { ...type, ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : bytes);
}

/** Answers without a body. */
export function answerEmpty({ response }: Exchange, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    ...(status === 204 ? {} : { 'Content-Length': '0' }),
    ...headers,
  });
  response.end();
}

/** Answers with a code and a sentence. What is not read of the request is not waited for. */
export function answerError(exchange: Exchange, error: AssetError, headers: Record<string, string> = {}): void {
  const { code, message: text, retryAfterMs } = error;
  const retryAfter: Record<string, string> =
    retryAfterMs > 0 ? { 'Retry-After': `${Math.ceil(retryAfterMs / 1_000)}` } : {};
  const rest: Record<string, string> = exchange.request.complete ? {} : { Connection: 'close' };
  answerJson(
    exchange,
    error.httpStatus,
    { error: { code, text, retryAfterMs } },
    { ...retryAfter, ...rest, ...headers },
  );
}

/** @throws AssetError  `asset-request-invalid` for what is too long or no JSON */
export async function readJson({ request }: Exchange): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > ASSET_REQUEST_BYTES_MAX) throw new AssetError('asset-request-invalid', 'The request is too long.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new AssetError('asset-request-invalid', 'The body of the request must be JSON.', { cause });
  }
}
