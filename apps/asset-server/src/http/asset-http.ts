import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@app/clock';
import { clientAddressOf, type Logger } from '@app/runtime';
import { AssetError } from '../asset-server.errors.js';
import type { AssetServerMetrics } from '../asset-server.metrics.js';
import { answerEmpty, answerError, type Exchange, type Handler } from './exchange.js';
import type { FileRequests } from './file-requests.js';
import { COMMON_HEADERS, PREFLIGHT_HEADERS } from './headers.js';
import type { PathRequests } from './path-requests.js';
import { readTarget, type RequestTarget } from './request-target.js';
import type { UploadRequests } from './upload-requests.js';

type Kind = RequestTarget['kind'];
type Methods<K extends Kind> = Readonly<Record<string, Handler<Extract<RequestTarget, { kind: K }>>>>;

/** How long a client may take to send a request that brings no file, in ms. */
const REQUEST_MS_MAX = 20_000;

/** Everything below `/assets/`: from the request as it came over the wire to who handles it. */
export class AssetHttp {
  private readonly routes: { readonly [K in Kind]: Methods<K> };

  constructor(
    files: FileRequests,
    paths: PathRequests,
    uploads: UploadRequests,
    private readonly ground: { clock: Clock; trustForwarded: boolean },
    private readonly metrics: AssetServerMetrics,
    private readonly logger: Logger,
  ) {
    const get = files.get.bind(files);
    const info = files.info.bind(files);
    const where = paths.get.bind(paths);
    const versions = paths.versions.bind(paths);
    const list = paths.list.bind(paths);
    this.routes = {
      file: { GET: get, HEAD: get, DELETE: uploads.erase.bind(uploads) },
      info: { GET: info, HEAD: info },
      path: { GET: where, HEAD: where, PUT: paths.put.bind(paths), DELETE: paths.delete.bind(paths) },
      versions: { GET: versions, HEAD: versions },
      rollback: { POST: paths.rollback.bind(paths) },
      paths: { GET: list, HEAD: list },
      uploads: { POST: uploads.create.bind(uploads) },
      upload: {
        HEAD: uploads.look.bind(uploads),
        PATCH: uploads.append.bind(uploads),
        DELETE: uploads.cancel.bind(uploads),
      },
      'bad-path': {},
    };
  }

  /** Answers a request, whatever it is. Never fails. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = { request, response, address: clientAddressOf(request, this.ground.trustForwarded) };
    for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
    // Uploads take their time, which the spool looks after; whatever else a client sends is short.
    const patience =
      request.method === 'PATCH' ? undefined : this.ground.clock.after(REQUEST_MS_MAX, () => endUnfinished(request));
    try {
      await this.route(exchange);
    } catch (error) {
      this.handleFailure(exchange, error);
    } finally {
      patience?.cancel();
    }
  }

  private async route(exchange: Exchange): Promise<void> {
    const method = exchange.request.method ?? '';
    if (method === 'OPTIONS') return answerEmpty(exchange, 204, PREFLIGHT_HEADERS);
    const target = readTarget(exchange.request.url ?? '');
    if (!target) throw new AssetError('asset-unknown', 'There is nothing here.');
    if (target.kind === 'bad-path') throw new AssetError('asset-path-invalid', 'This is no path for a file.');
    const methods = this.routes[target.kind] as Readonly<Record<string, Handler<RequestTarget>>>;
    if (!Object.hasOwn(methods, method)) {
      return answerEmpty(exchange, 405, {
        Allow: [...Object.keys(methods), 'OPTIONS'].join(', '),
        Connection: 'close',
      });
    }
    await methods[method](exchange, target);
  }

  private handleFailure(exchange: Exchange, error: unknown): void {
    const { request, response } = exchange;
    // A client that went away needs no answer; half an answer cannot be taken back, but it can be cut.
    if (request.destroyed && !request.complete) return void response.destroy();
    if (response.headersSent) return void response.destroy();
    const known = AssetError.of(error);
    if (!known) this.logger.error({ err: error, method: request.method }, 'A request could not be handled.');
    if (known?.code === 'asset-corrupt') {
      this.metrics.corrupt.inc();
      this.logger.error({ err: error }, 'A stored file is corrupt; it is not given to anybody.');
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      this.metrics.uploads.inc(1, { outcome: known?.code ?? 'failed' });
    }
    const failure =
      known ?? new AssetError('asset-store-unavailable', 'The request could not be handled.', { cause: error });
    answerError(exchange, failure);
  }
}

function endUnfinished(request: IncomingMessage): void {
  if (!request.complete) request.destroy();
}
