import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeMessage, encodeMessage } from '@app/wire';
import { AvatarList } from './avatar-list.js';
import { Channels } from './channels.js';
import { readJoinAnswer } from './join-request.js';
import { findAudioMids, preferStereo } from './sdp.js';
import { cleanName, readTraits } from './traits.js';
import { SimClock } from '@app/testing';

describe('what comes from outside', () => {
  it('/api/join: any text gives a plan with at least one gateway, or a coded error', () => {
    const nearMiss = fc.record(
      {
        protocolVersion: fc.oneof(fc.constant(0x1_0000), fc.anything()),
        world: fc.oneof(fc.constant('main'), fc.string()),
        gateways: fc.oneof(
          fc.array(fc.record({ instanceId: fc.oneof(fc.constant('gateway-1'), fc.string()), url: fc.string() })),
          fc.anything(),
        ),
        error: fc.oneof(fc.anything(), fc.record({ code: fc.anything(), text: fc.anything() })),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      nearMiss.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(text, (answer) => {
        try {
          expect(readJoinAnswer(answer).gateways.length).toBeGreaterThan(0);
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^[a-z0-9-]+$/);
          expect((error as Error).message.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('SDP: any text passes through without an exception, and text without the mix unchanged', () => {
    const line = fc.oneof(
      fc.constantFrom('m=audio 9 X 111', 'a=mid:0', 'a=sendonly', 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 x', 'v=0'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const sdp = lines.join('\r\n');
        findAudioMids(sdp);
        preferStereo(sdp, '0');
        if (!sdp.includes('m=audio')) expect(preferStereo(sdp, '0')).toBe(sdp);
      }),
    );
  });

  it('names: always 1 to 48 characters without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const clean = cleanName(name);
        expect(clean.length).toBeGreaterThanOrEqual(1);
        expect(clean.length).toBeLessThanOrEqual(48);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
        expect(readTraits(1, { name, colour: -1, modelUrl: name }).colour).toBe(0xffffff);
      }),
    );
  });

  it('avatar and channel messages: any field values leave finite poses and bounded lists', () => {
    const update = fc.record({
      sessionId: fc.nat(),
      sequence: fc.integer(),
      pose: fc.uint8Array({ maxLength: 60 }),
      loudness: fc.nat(),
      ageMs: fc.nat(),
    });
    const message = fc.record({ channel: fc.string(), sequence: fc.nat(), text: fc.string(), sentAtMs: fc.nat() });
    fc.assert(
      fc.property(fc.array(update), fc.array(message), (updates, history) => {
        const list = new AvatarList(new SimClock());
        list.handleNews({ traits: updates.map(({ sessionId }) => ({ sessionId, version: 1 })) }, 0);
        const bytes = encodeMessage('ServerRealtime', { avatarUpdates: { updates } });
        list.handleUpdates(decodeMessage('ServerRealtime', bytes).avatarUpdates ?? {}, 0);
        for (const avatar of list) {
          const pose = avatar.pose(5_000);
          if (pose) expect(Object.values(pose.position).every(Number.isFinite)).toBe(true);
        }
        const channels = new Channels(new SimClock());
        const news = encodeMessage('ServerReliable', { subscribed: { request: 1, history } });
        expect(channels.handle(decodeMessage('ServerReliable', news))).toBe(true);
      }),
    );
  });
});
