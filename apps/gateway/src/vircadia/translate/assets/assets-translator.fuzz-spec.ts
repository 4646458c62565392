import { MessagePosition, PacketError } from '@app/vircadia';
import { silentLogger } from '@app/runtime';
import { SimClock } from '@app/testing';
import { VIRCADIA_UPLOADS_BYTES_MAX } from '@app/world';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AssetDesk } from '../../assets/asset-desk.js';
import { AssetRefusal } from '../../assets/asset-client.js';
import { AssetsTranslator } from './assets-translator.js';

it('whatever strangers ask about files is answered, or is a PacketError', async () => {
  const refuse = (): Promise<never> => Promise.reject(new AssetRefusal(404));
  const client = {
    sizeOf: refuse,
    open: refuse,
    hashAt: refuse,
    list: refuse,
    put: refuse,
    delete: refuse,
    upload: refuse,
  };
  const name = fc.constantFrom('AssetGet', 'AssetGetInfo', 'AssetMappingOperation', 'AssetUpload', 'Ping' as const);
  const payload = fc.tuple(fc.nat(6), fc.uint8Array({ maxLength: 120 }), fc.boolean());
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, payload), { maxLength: 30 }), async (packets) => {
      const clock = new SimClock();
      let asked = 0;
      let answered = 0;
      const port = {
        pendingCount: 0,
        address: '',
        sendPayload: () => ++answered > 0,
        openMessage: () => ({ pieceBytes: 1_432, send: () => ++answered > 0 }),
      };
      const desk = new AssetDesk(client, clock, () => 'ticket', true);
      const ground = { clock, logger: silentLogger, metrics: { countDrop: () => undefined } };
      const translator = new AssetsTranslator(port as never, { sessionId: 7, world: 'main' }, desk, ground as never);
      for (const [type, [operation, rest, isPart]] of packets) {
        const bytes = Uint8Array.from([1, 0, 0, 0, operation, ...rest]);
        const part = { position: MessagePosition.Only, number: 1, part: 0 };
        try {
          if (isPart && translator.takePart(type, part, bytes, 0, 0)) continue;
          translator.onPacket(type, bytes, 0);
          if (type !== 'Ping' && type !== 'AssetUpload') asked++;
        } catch (error) {
          expect(error).toBeInstanceOf(PacketError);
        }
      }
      for (let turn = 0; turn < 20; turn++) {
        await clock.advanceAsync(10);
        translator.tick(clock.nowMs());
      }
      expect(answered).toBeGreaterThanOrEqual(asked);
      translator.close();
      expect(desk.reserve(VIRCADIA_UPLOADS_BYTES_MAX)).toBe(true);
    }),
    { numRuns: 200 },
  );
});
