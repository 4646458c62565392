import type { Clock, Random } from '@app/clock';
import type { AvatarDetails } from '../../avatars/world-details.js';
import type { AssetDesk } from '../assets/asset-desk.js';
import type { VirtualNode } from '../domain/domain-nodes.js';
import type { GatewayMetrics } from '../../gateway.metrics.js';
import type { FailureLog } from '../paced-log.js';
import { makeEntityTranslator } from './entities/entities-translator.js';
import { makeAssetsTranslator } from './assets/assets-translator.js';
import { makeMessagesTranslator } from './messages/messages-translator.js';
import { AudioTranslator } from './audio/audio-translator.js';
import { AvatarTranslator } from './avatars/avatar-translator.js';
import { makeScriptsTranslator } from './scripts/scripts-translator.js';
import type { SessionPort, StreamingPort, Translator } from './translator.js';

/** What translators stand on, the same for all clients of a gateway. */
export interface TranslatorGround {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: GatewayMetrics;
  readonly logger: FailureLog;
  readonly gatewayId: string;
  /** Absent where there are no files. */
  readonly assets?: AssetDesk;
  /** Joints and all of the avatars of a world; undefined when it is not open here. Absent: there are none. */
  avatarsOf?(world: string): AvatarDetails | undefined;
  /** The model of avatars that have none of their own. Absent or empty: clients choose. */
  readonly avatarUrl?: string;
}

export type TranslatorFactory = (port: StreamingPort, session: SessionPort, ground: TranslatorGround) => Translator;

/** Who translates for which node. A node without a translator answers pings and says nothing. */
export const TRANSLATORS: Readonly<Partial<Record<VirtualNode, TranslatorFactory>>> = {
  M: (port, session, ground) => new AudioTranslator(port, session, ground),
  m: makeMessagesTranslator,
  A: makeAssetsTranslator,
  S: makeScriptsTranslator,
  o: makeEntityTranslator,
  W: (port, session, ground) => new AvatarTranslator(port, session, ground),
};
