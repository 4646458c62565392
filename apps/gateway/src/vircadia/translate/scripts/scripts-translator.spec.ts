import { ByteWriter, CODECS_TO_SERVER } from '@app/vircadia';
import { expect, it } from '@jest/globals';
import { makeScriptsTranslator } from './scripts-translator.js';

it('says that there is no script, and counts what is asked of it in vain', () => {
  const sent: unknown[] = [];
  const drops: string[] = [];
  const port = { send: (...given: unknown[]) => sent.push(given) > 0 };
  const ground = { metrics: { countDrop: (reason: string) => drops.push(reason) } };
  const translator = makeScriptsTranslator(port as never, {} as never, ground as never);
  const writer = ByteWriter.growing(100);
  const entityId = '11111111-2222-3333-4444-555555555555';
  CODECS_TO_SERVER.EntityScriptGetStatus.write(writer, { messageId: 7, entityId });
  translator.onPacket('EntityScriptGetStatus', writer.written(), 0, 5);
  translator.onPacket('ReloadEntityServerScript', new Uint8Array(16), 0, 5);
  expect(sent).toEqual([['EntityScriptGetStatusReply', { messageId: 7, isKnown: false }, 5]]);
  expect(drops).toEqual(['vircadia-script-reload']);
});
