import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { type ContentHash, isContentHash } from '@app/assets';
import type { Clock } from '@app/clock';
import { type AssetPath, isJsonObject, readJsonObject } from '@app/world';

/** Who asks. */
export interface AssetPapers {
  /** An upload ticket. */
  readonly ticket: string;
  /** The client's network address; empty when it is not known. */
  readonly address: string;
}

/** A part of a file: from the byte `start` to the one before `end`. */
export interface AssetRange {
  readonly start: number;
  readonly end: number;
}

/** Why the asset-server did not do something. */
export class AssetRefusal extends Error {
  /** @param status  of HTTP; 0 when it did not answer */
  constructor(
    readonly status: number,
    options?: { cause?: unknown },
  ) {
    super(`The asset-server answered ${status || 'nothing'}.`, options);
    this.name = 'AssetRefusal';
  }
}

interface Question {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly papers?: AssetPapers;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: readonly Uint8Array[];
}

const SOCKETS_MAX = 64;
/** From the question to the first words of its answer, in ms. */
const ANSWER_MS_MAX = 15_000;
/** A file whose bytes stand still for this long is given up, in ms. */
const SILENCE_MS_MAX = 60_000;
/** Until a file has been taken, in ms. */
const UPLOAD_MS_MAX = 60_000;
/** Of an answer that is not a file: ten thousand long paths. */
const ANSWER_BYTES_MAX = 8_388_608;

/** Asks an asset-server as any other client of it does: the same rules hold. Everything rejects with AssetRefusal. */
export class AssetClient {
  private readonly agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
  };

  /** @param baseUrl  without a slash at its end */
  constructor(
    private readonly clock: Clock,
    private readonly baseUrl: string,
  ) {}

  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  async sizeOf(hash: ContentHash): Promise<number> {
    const { sizeBytes } = await this.json({ method: 'GET', path: `info/${hash}` });
    if (typeof sizeBytes === 'number' && Number.isSafeInteger(sizeBytes)) return sizeBytes;
    throw new AssetRefusal(0);
  }

  /** The bytes of a range, which has one at least. Whoever does not read to the end destroys the stream. */
  async open(hash: ContentHash, { start, end }: AssetRange): Promise<IncomingMessage> {
    const headers = { Range: `bytes=${start}-${end - 1}`, 'Accept-Encoding': 'identity' };
    const answer = await this.ask({ method: 'GET', path: hash, headers }, ANSWER_MS_MAX);
    if (answer.statusCode === 206) return answer.setTimeout(SILENCE_MS_MAX, () => answer.destroy());
    answer.destroy();
    throw new AssetRefusal(answer.statusCode ?? 0);
  }

  /** The file that a path leads to, as it was uploaded: older clients cannot read what has been made smaller. */
  async hashAt(path: AssetPath): Promise<ContentHash> {
    const { versions } = await this.json({ method: 'GET', path: `versions/${urlOf(path)}` });
    const newest: unknown = Array.isArray(versions) ? versions.at(-1) : undefined;
    if (isJsonObject(newest) && isContentHash(newest.hash)) return newest.hash;
    throw new AssetRefusal(0);
  }

  async list(papers: AssetPapers): Promise<Array<{ path: AssetPath; hash: ContentHash }>> {
    const { paths } = await this.json({ method: 'GET', path: 'paths', papers });
    return (Array.isArray(paths) ? paths : []).flatMap((entry: unknown) =>
      isJsonObject(entry) && typeof entry.path === 'string' && isContentHash(entry.hash)
        ? [{ path: entry.path, hash: entry.hash }]
        : [],
    );
  }

  async put(path: AssetPath, hash: ContentHash, papers: AssetPapers): Promise<void> {
    const body = [Buffer.from(JSON.stringify({ hash }))];
    await this.json({ method: 'PUT', path: `at/${urlOf(path)}`, papers, body });
  }

  async delete(path: AssetPath, papers: AssetPapers): Promise<void> {
    await this.json({ method: 'DELETE', path: `at/${urlOf(path)}`, papers });
  }

  /** @param mediaType  what the file is */
  async upload(
    hash: ContentHash,
    mediaType: string,
    pieces: readonly Uint8Array[],
    papers: AssetPapers,
  ): Promise<void> {
    const sizeBytes = pieces.reduce((sum, { length }) => sum + length, 0);
    const body = [Buffer.from(JSON.stringify({ sha256: hash, sizeBytes, type: mediaType }))];
    const { id } = await this.json({ method: 'POST', path: 'uploads', papers, body });
    // Without a number the file is there already.
    if (typeof id !== 'string') return;
    const headers = { 'Upload-Offset': '0' };
    await this.json({ method: 'PATCH', path: `uploads/${id}`, papers, headers, body: pieces }, UPLOAD_MS_MAX);
  }

  private async json(question: Question, msMax = ANSWER_MS_MAX): Promise<Record<string, unknown>> {
    const answer = await this.ask(question, msMax);
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 299) {
      answer.resume();
      throw new AssetRefusal(status);
    }
    try {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) throw new Error('The answer is too long.');
        chunks.push(chunk);
      }
      return readJsonObject(Buffer.concat(chunks)) ?? {};
    } catch (cause) {
      throw new AssetRefusal(0, { cause });
    }
  }

  private ask({ method, path, papers, headers, body }: Question, msMax: number): Promise<IncomingMessage> {
    const url = new URL(`${this.baseUrl}/assets/${path}`);
    const isTls = url.protocol === 'https:';
    const end = new AbortController();
    const timer = this.clock.after(msMax, () => end.abort());
    return new Promise<IncomingMessage>((resolve, reject) => {
      const options = {
        method,
        agent: this.agents[isTls ? 'https:' : 'http:'],
        signal: end.signal,
        headers: { ...headersOf(papers), ...headers, ...lengthOf(body) },
      };
      const request = (isTls ? requestHttps : requestHttp)(url, options, resolve);
      request.on('error', (cause) => reject(new AssetRefusal(0, { cause })));
      for (const piece of body ?? []) request.write(piece);
      request.end();
    }).finally(() => timer.cancel());
  }
}

function headersOf(papers: AssetPapers | undefined): Record<string, string> {
  if (!papers) return {};
  const { ticket, address } = papers;
  return { Authorization: `Bearer ${ticket}`, ...(address === '' ? {} : { 'X-Forwarded-For': address }) };
}

function lengthOf(body: readonly Uint8Array[] | undefined): Record<string, string> {
  return body ? { 'Content-Length': `${body.reduce((sum, { length }) => sum + length, 0)}` } : {};
}

function urlOf(path: AssetPath): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
