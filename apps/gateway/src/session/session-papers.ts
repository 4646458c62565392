import type { Clock } from '@app/clock';
import { UPLOAD_TICKET_LIFETIME_MS, type UploadClaim } from '@app/runtime';
import type { SessionId } from '@app/world';
import { type ResumeClaim, TOKEN_LIFETIME_MS, TOKEN_RENEWAL_INTERVAL_MS } from './resume-token.js';

/** Who signs papers. */
export interface PaperSigner {
  readonly clock: Clock;
  signToken(claim: ResumeClaim): string;
  /** Empty where people may not upload. */
  signTicket(claim: UploadClaim): string;
}

/** A session, as far as papers are about it. */
export interface PaperHolder {
  readonly id: SessionId;
  readonly birth: number;
  readonly state: { readonly epoch: number };
  /** When its newest token was sent; set here. */
  tokenSentAtMs: number;
}

/** What a client has in hand. */
export interface Papers {
  /** Proof of owning the session, for any gateway. */
  readonly resumeToken: string;
  /** Proof for the asset-server that this person may upload; empty where people may not. */
  readonly uploadTicket: string;
}

/** Gives the sessions of one world their papers, and new ones long before they expire. */
export class SessionPapers {
  constructor(
    private readonly world: string,
    private readonly signer: PaperSigner,
  ) {}

  /** Fresh papers for a session of ours. */
  issue(session: PaperHolder): Papers {
    const { clock } = this.signer;
    const { id: sessionId, birth, state } = session;
    session.tokenSentAtMs = clock.nowMs();
    const wallMs = clock.wallMs();
    const token = { sessionId, epoch: state.epoch, birth, expiresAtMs: wallMs + TOKEN_LIFETIME_MS, world: this.world };
    const expiresAtMs = wallMs + UPLOAD_TICKET_LIFETIME_MS;
    return {
      resumeToken: this.signer.signToken(token),
      uploadTicket: this.signer.signTicket({ role: 'person', sessionId, world: this.world, expiresAtMs }),
    };
  }

  /** Whether a session's papers should be replaced. */
  areOld({ tokenSentAtMs }: PaperHolder, nowMs: number): boolean {
    return nowMs - tokenSentAtMs >= TOKEN_RENEWAL_INTERVAL_MS;
  }
}
