import { describe, expect, it } from '@jest/globals';
import { readUploadTicket, UPLOAD_TICKET_LIFETIME_MS } from '@app/runtime';
import { GatewayKit } from '../test/gateway-kit.js';
import { TOKEN_RENEWAL_INTERVAL_MS } from './session/resume-token.js';

const KEY = new Uint8Array(32).fill(2);

describe('Upload tickets', () => {
  it('come with Welcome, say who may upload, and are renewed long before they expire', async () => {
    const kit = new GatewayKit();
    const ada = await kit.client().enter();
    const { uploadTicket, assetsPort, assetsUrl } = ada.find('welcome') ?? {};
    expect([assetsPort, assetsUrl]).toEqual([40_104, '']);
    const claim = readUploadTicket(uploadTicket ?? '', KEY, kit.clock.wallMs());
    expect(claim).toMatchObject({ role: 'person', sessionId: ada.sessionId, world: 'main' });
    for (let waitedMs = 0; waitedMs < TOKEN_RENEWAL_INTERVAL_MS + 2_000; waitedMs += 500) {
      ada.events.onPong();
      ada.move(ada.transport, 0);
      await kit.clock.advanceAsync(500);
    }
    const renewed = ada.find('tokenRenewed')?.uploadTicket ?? '';
    const expiresAtMs = readUploadTicket(renewed, KEY, kit.clock.wallMs())?.expiresAtMs ?? 0;
    expect(expiresAtMs).toBeGreaterThan(claim?.expiresAtMs ?? Infinity);
    expect(expiresAtMs - kit.clock.wallMs()).toBeGreaterThan(UPLOAD_TICKET_LIFETIME_MS - 10_000);
  });
});
