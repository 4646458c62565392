import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much of S3 as files need, in memory: PUT, GET, HEAD, DELETE of `/bucket/key`, with the checks that S3 makes. */
export class FakeS3 {
  readonly objects = new Map<string, Uint8Array>();
  /** What was asked, without bodies. */
  readonly requests: string[] = [];
  private readonly server: Server;

  constructor(private readonly bucket: string) {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, bucket, ...rest] = decodeURIComponent((request.url ?? '').split('?')[0]).split('/');
    const key = rest.join('/');
    this.requests.push(`${request.method} ${key}`);
    // Whoever does not sign is nobody.
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=key/')) {
      return fail(response, 403, 'AccessDenied');
    }
    if (bucket !== this.bucket) return fail(response, 404, 'NoSuchBucket');
    if (request.method === 'PUT') return this.put(key, request, response);
    if (request.method === 'DELETE') {
      this.objects.delete(key);
      return void response.writeHead(204).end();
    }
    const found = this.objects.get(key);
    if (!found) return fail(response, 404, 'NoSuchKey', request.method === 'HEAD');
    response.writeHead(200, { 'Content-Length': found.length, ETag: '"x"' });
    response.end(request.method === 'HEAD' ? undefined : found);
  }

  private async put(key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      // Half an object is none.
      return;
    }
    const bytes = Buffer.concat(chunks);
    if (request.headers['x-amz-content-sha256'] !== createHash('sha256').update(bytes).digest('hex')) {
      return fail(response, 400, 'XAmzContentSHA256Mismatch');
    }
    this.objects.set(key, bytes);
    response.writeHead(200, { ETag: '"x"' }).end();
  }
}

function fail(response: ServerResponse, status: number, code: string, isHead = false): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`;
  response.writeHead(status, { 'Content-Type': 'application/xml' }).end(isHead ? undefined : body);
}
