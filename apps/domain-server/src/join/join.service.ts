import type { Counter, MemberDirectory, WorldDirectory } from '@app/runtime';
import { PROTOCOL_VERSION } from '@app/world';
import type { DomainServerSettings } from '../domain-server.settings.js';
import { JoinError } from './join.errors.js';
import { parseJoinRequest, type RawJoinRequest } from './join-request.js';
import { placeClient } from './placement.js';

/** An answer of /api/join. */
export interface JoinAnswer {
  status: number;
  body: object;
}

/** Tells clients where to knock. */
export class JoinService {
  constructor(
    private readonly members: MemberDirectory,
    private readonly worlds: Pick<WorldDirectory, 'names'>,
    private readonly settings: Pick<DomainServerSettings, 'trustForwarded'>,
    private readonly joins: Counter,
  ) {}

  join(raw: RawJoinRequest): JoinAnswer {
    try {
      const request = parseJoinRequest(raw, this.worlds.names(), this.settings.trustForwarded);
      const gateways = placeClient(this.members.live('gateway'), request);
      this.joins.inc(1, { outcome: 'placed' });
      return { status: 200, body: { protocolVersion: PROTOCOL_VERSION, world: request.world, gateways } };
    } catch (error) {
      if (!(error instanceof JoinError)) throw error;
      this.joins.inc(1, { outcome: error.code });
      const { code, message: text, retryAfterMs } = error;
      return { status: error.httpStatus, body: { error: { code, text, retryAfterMs } } };
    }
  }
}
