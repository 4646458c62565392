import { entityIdOfBytes, type MessageOf, type vicinity, WireError } from '@app/wire';
import type { Clock, Timer } from '../clock.js';
import { clientFailure, serverFailure, type VicinityError } from '../errors.js';
import type { RequestNumbers } from '../request-numbers.js';
import { EntityError, type EditResult } from './entity-types.js';

/** Unanswered edits; beyond it, new ones fail at once. */
const PENDING_MAX = 256;
/** Bytes of all unanswered edits. */
const PENDING_BYTES_MAX = 4_194_304;
/** A server tries for 10 s; the rest is the way. */
const REQUEST_TIMEOUT_MS = 15_000;
/** What is refused now and may be granted a moment later. */
const RETRYABLE: ReadonlySet<string> = new Set(['rate-limited', 'world-busy', 'world-unavailable', 'edits-waiting']);

interface Pending {
  bytes: Uint8Array;
  resolve: (result: EditResult) => void;
  reject: (error: VicinityError) => void;
  timer: Timer;
}

/**
 * Edits that have not been answered. They reach the server in order; one whose answer is lost in an interruption is repeated
 * with its number as soon as the session is back, and the server does nothing twice.
 */
export class EditRequests {
  private readonly pending = new Map<number, Pending>();
  private pendingBytes = 0;
  private send: ((bytes: Uint8Array) => boolean) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly numbers: RequestNumbers,
  ) {}

  /** How many have not been answered. */
  get count(): number {
    return this.pending.size;
  }

  /** Asks. @param encode  makes the message with this number; may throw */
  async ask(encode: (request: number) => Uint8Array): Promise<EditResult> {
    if (!this.send) throw clientFailure('request-interrupted');
    const request = this.numbers.next();
    const bytes = encode(request);
    if (this.pending.size >= PENDING_MAX || this.pendingBytes + bytes.length > PENDING_BYTES_MAX) {
      throw clientFailure('request-timeout', { detail: 'Too many edits wait for the server already.' });
    }
    return new Promise((resolve, reject) => {
      const timer = this.clock.after(REQUEST_TIMEOUT_MS, () =>
        this.settle(request)?.reject(clientFailure('request-timeout')),
      );
      this.pending.set(request, { bytes, resolve, reject, timer });
      this.pendingBytes += bytes.length;
      // When there is no room to send it now, it is sent again as soon as there is a link.
      this.send?.(bytes);
    });
  }

  /** Requests go here from now on. @param isSameSession  the server may know what was asked before */
  attach(send: (bytes: Uint8Array) => boolean, isSameSession: boolean): void {
    this.send = send;
    for (const [request, entry] of [...this.pending]) {
      if (isSameSession) send(entry.bytes);
      else this.settle(request)?.reject(clientFailure('request-interrupted'));
    }
  }

  /** There is no link at the moment. */
  detach(): void {
    this.send = undefined;
  }

  /** There will be no link any more. */
  close(): void {
    this.send = undefined;
    for (const request of [...this.pending.keys()]) this.settle(request)?.reject(clientFailure('left-world'));
  }

  /** An answer. Returns whether the question was ours. */
  handle(message: MessageOf<'ServerReliable'>): boolean {
    if (message.entitiesEdited) {
      const { request, sequence, results } = message.entitiesEdited;
      this.settle(request)?.resolve({ sequence: sequence ?? 0, results: readResults(results ?? []) });
      return true;
    }
    const entry = message.requestFailed && this.settle(message.requestFailed.request);
    if (!entry || !message.requestFailed) return false;
    entry.reject(readFailure(message.requestFailed));
    return true;
  }

  private settle(request: number | null | undefined): Pending | undefined {
    const entry = this.pending.get(request ?? 0);
    if (!entry) return undefined;
    this.pending.delete(request ?? 0);
    this.pendingBytes -= entry.bytes.length;
    entry.timer.cancel();
    return entry;
  }
}

function readResults(results: readonly vicinity.v1.EntityRevision.$Properties[]): EditResult['results'] {
  return results.flatMap(({ id, revision }) => {
    try {
      return [{ id: entityIdOfBytes(id), revision: revision ?? 0 }];
    } catch (error) {
      if (error instanceof WireError) return [];
      throw error;
    }
  });
}

function readFailure({ code, text, field, editIndex }: vicinity.v1.RequestFailed.$Properties): EntityError {
  const failure = serverFailure(code, text, 0);
  return new EntityError(
    failure.code,
    failure.message,
    RETRYABLE.has(failure.code),
    (field ?? '').slice(0, 128),
    editIndex ?? 0,
  );
}
