import type { Clock } from '@app/clock';
import type { JointData } from '@app/vircadia';
import type { BotHabits } from './bots.settings.js';
import type { CrowdTally } from './crowd-tally.js';
import type { MarkerVoice } from './delay-probe.js';
import type { NodeAddress } from './node-link.js';
import type { VoiceBank } from './voice-bank.js';

/** One bot's socket. */
export interface BotSocket {
  readonly port: number;
  send(datagram: Uint8Array, address: NodeAddress): void;
  close(): void;
}

/** Opens a socket; datagrams are lent until the call returns. */
export type OpenSocket = (receive: (datagram: Uint8Array, fromPort: number) => void) => Promise<BotSocket>;

/** What all bots of a process share. */
export interface BotSurroundings {
  readonly clock: Clock;
  readonly habits: BotHabits;
  readonly openSocket: OpenSocket;
  readonly bank: VoiceBank;
  readonly walk: readonly JointData[];
  readonly tally: CrowdTally;
  /** What pairs listen for, by codec. */
  markerVoice(codec: string): MarkerVoice;
}
