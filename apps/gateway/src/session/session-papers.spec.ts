import { describe, expect, it } from '@jest/globals';
import type { UploadClaim } from '@app/runtime';
import { SimClock } from '@app/testing';
import { type ResumeClaim, TOKEN_LIFETIME_MS, TOKEN_RENEWAL_INTERVAL_MS } from './resume-token.js';
import { SessionPapers } from './session-papers.js';

describe('the papers of a session', () => {
  it('say whose they are, and are replaced long before they expire', () => {
    const clock = new SimClock();
    const tokens: ResumeClaim[] = [];
    const tickets: UploadClaim[] = [];
    const papers = new SessionPapers('plaza', {
      clock,
      signToken: (claim) => `token ${tokens.push(claim)}`,
      signTicket: (claim) => `ticket ${tickets.push(claim)}`,
    });
    const ada = { id: 7, birth: 99, state: { epoch: 3 }, tokenSentAtMs: 0 };
    clock.advance(5_000);
    expect(papers.issue(ada)).toEqual({ resumeToken: 'token 1', uploadTicket: 'ticket 1' });
    const expiresAtMs = clock.wallMs() + TOKEN_LIFETIME_MS;
    expect(tokens).toEqual([{ sessionId: 7, epoch: 3, birth: 99, expiresAtMs, world: 'plaza' }]);
    expect(tickets[0]).toMatchObject({ role: 'person', sessionId: 7, world: 'plaza' });
    clock.advance(TOKEN_RENEWAL_INTERVAL_MS - 1);
    expect(papers.areOld(ada, clock.nowMs())).toBe(false);
    clock.advance(1);
    expect(papers.areOld(ada, clock.nowMs())).toBe(true);
    papers.issue(ada);
    expect(papers.areOld(ada, clock.nowMs())).toBe(false);
  });
});
