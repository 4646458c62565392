import type { DomainConnectRequest } from '@app/vircadia';
import { VIRTUAL_NODES, type VirtualNode } from './domain-nodes.js';

/**
 * How far a client has come with the domain.
 *
 * `strange`  it has said nothing that counts
 * `listed`   it has been told of the nodes; whether it is where its packets come from, nobody knows yet
 * `present`  it has proven that it hears us, and is a session
 * `gone`     it left, was refused or fell silent; nothing more is heard of it
 */
export type HandshakeStage = 'strange' | 'listed' | 'present' | 'gone';

/** What a DomainConnectRequest means for a client that may have sent one before. */
export type ConnectMeaning =
  /** It is new here. */
  | 'enter'
  /** The answer was lost or is still under way: it is answered as before. */
  | 'repeat'
  /** It has begun anew, and knows nothing any more of what it was told. */
  | 'restart'
  /** It says that it has begun anew, but is still heard as the one that it was: somebody else says so. */
  | 'doubtful';

/** A client from which the domain hears nothing for this long is gone, in ms (specification D.9). */
const VISITOR_SILENCE_MS_MAX = 10_000;
/** One that has begun anew does not speak as the one it was any more: after so much silence it is believed, in ms. */
const RESTART_SILENCE_MS = 1_500;
/** So long clients wait between two check-ins, and half as long again, in ms (specification D.9). */
const UNHEARD_MS = 1_500;

/** What a client and the domain know of each other. Pure: no socket, no clock. */
export class Handshake {
  stage: HandshakeStage = 'strange';
  /** These nodes are listed. */
  interest: readonly VirtualNode[] = [];
  fingerprint = '';
  /** When a packet of the client was heard last, on any link. */
  heardMs: number;
  /** When it has asked the domain for the list last, and been answered. */
  askedMs = -Infinity;
  /** When it sent something last that nobody else can have sent. */
  provenMs = -Infinity;
  /** What the client's own clock said in its first and in its newest request. */
  private firstTime = 0;
  private listRequestTime: number | undefined;

  constructor(nowMs: number) {
    this.heardMs = nowMs;
  }

  /** Whether it has not been heard for too long. */
  isSilent(nowMs: number): boolean {
    return nowMs - this.heardMs > VISITOR_SILENCE_MS_MAX;
  }

  meaningOf(request: DomainConnectRequest, nowMs: number): ConnectMeaning {
    if (this.stage === 'strange') return 'enter';
    // A copy that took a longer way is older than what the client said after it.
    const isLater = this.listRequestTime !== undefined && request.currentTime > this.listRequestTime;
    if (request.machineFingerprint === this.fingerprint && !isLater) return 'repeat';
    return nowMs - this.provenMs < RESTART_SILENCE_MS ? 'doubtful' : 'restart';
  }

  /** It asks to be let in, and is not refused. */
  list(request: Pick<DomainConnectRequest, 'machineFingerprint' | 'interest' | 'currentTime'>, nowMs: number): void {
    this.askedMs = nowMs;
    if (this.stage === 'strange') {
      this.stage = 'listed';
      this.fingerprint = request.machineFingerprint;
      this.firstTime = request.currentTime;
    }
    this.interest = wanted(request.interest);
  }

  /** It has checked in. Returns whether it may: it knows its number, and that is all that it says. */
  checkIn(request: { readonly currentTime: number; readonly interest: readonly string[] }, nowMs: number): boolean {
    if (this.stage !== 'listed' && this.stage !== 'present') return false;
    this.askedMs = nowMs;
    this.listRequestTime = Math.max(this.listRequestTime ?? this.firstTime, request.currentTime);
    this.interest = wanted(request.interest);
    return true;
  }

  /** Whether it lives, but what it asks the domain does not come through. */
  isUnheard(nowMs: number): boolean {
    const isAlive = this.stage === 'present' && nowMs - this.provenMs < UNHEARD_MS;
    return isAlive && nowMs - this.askedMs >= UNHEARD_MS;
  }

  /** What its clock said when it asked last. */
  get requestTime(): number {
    return this.listRequestTime ?? this.firstTime;
  }

  /** It has proven that it gets what it is sent. Returns whether that is news. */
  prove(nowMs: number): boolean {
    this.provenMs = nowMs;
    if (this.stage !== 'listed') return false;
    this.stage = 'present';
    return true;
  }

  /** Returns whether that is news. */
  end(): boolean {
    if (this.stage === 'gone') return false;
    this.stage = 'gone';
    return true;
  }
}

function wanted(interest: readonly string[]): VirtualNode[] {
  return VIRTUAL_NODES.filter((node) => interest.includes(node));
}
