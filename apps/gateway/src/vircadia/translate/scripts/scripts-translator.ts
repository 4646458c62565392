import { CODECS_TO_SERVER, type PacketTypeName } from '@app/vircadia';
import { readerOf } from '../../peer/packet-reader.js';
import type { TranslatorFactory } from '../translators.js';
import type { Translator } from '../translator.js';

/** The server of entities' scripts. There is none here: whoever asks for a script is told that it is not there. */
export const makeScriptsTranslator: TranslatorFactory = (port, _session, { metrics }): Translator => ({
  onPacket(name: PacketTypeName, packet: Uint8Array, payloadOffset: number, nowMs: number): void {
    if (name === 'EntityScriptGetStatus') {
      const { messageId } = CODECS_TO_SERVER.EntityScriptGetStatus.read(readerOf(packet, payloadOffset));
      port.send('EntityScriptGetStatusReply', { messageId, isKnown: false }, nowMs);
    } else if (name === 'ReloadEntityServerScript') metrics.countDrop('vircadia-script-reload');
  },
});
