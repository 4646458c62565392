import { PacketError } from '@app/vircadia';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isText } from '@app/world';
import { readChat, writeChat } from './chat-words.js';
import { MessagesTranslator } from './messages-translator.js';

describe('what strangers write into messages', () => {
  it('is a PacketError at most', () => {
    const port = { send: () => true, sendPayload: () => true, pendingCount: 0, isWeb: false };
    const session = { reliable: () => undefined, nextRequest: () => 1 };
    const ground = { metrics: { countDrop: () => undefined } };
    const translator = new MessagesTranslator(port, session as never, ground as never);
    const name = fc.constantFrom('MessagesData', 'MessagesSubscribe', 'MessagesUnsubscribe', 'Ping' as const);
    const head = fc.constantFrom([], [4, 0, 67, 104, 97, 116, 1]);
    fc.assert(
      fc.property(name, head, fc.uint8Array({ maxLength: 200 }), (type, start, rest) => {
        try {
          translator.onPacket(type as 'MessagesData', Uint8Array.from([...start, ...rest]), 0);
        } catch (error) {
          expect(error).toBeInstanceOf(PacketError);
        }
      }),
    );
  });

  it('is a text that may be said, or none, whatever the JSON', () => {
    const message = fc.string({ unit: 'binary', maxLength: 3_000 });
    const json = fc.oneof(
      fc.json(),
      message.map((text) => JSON.stringify({ type: 'TransmitChatMessage', message: text })),
    );
    fc.assert(
      fc.property(json, (text) => {
        const words = readChat(Buffer.from(text));
        if (words && words.text !== '') expect(isText(words.text)).toBe(true);
      }),
    );
  });

  it('comes back as the words that were said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 500 }), (text) => {
        expect(readChat(writeChat(text.trim(), 'Ada', undefined))?.text).toBe(text.trim());
      }),
    );
  });
});
