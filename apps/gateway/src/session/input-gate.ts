import type { Clock } from '@app/clock';
import {
  type RealtimeInput,
  type ReliableInput,
  RequestError,
  isLarge,
  isVoicePacket,
  readRealtime,
  readReliable,
} from '../client-input.js';
import { requestOf } from '../entities/entity-input.js';
import type { GatewayMetrics } from '../gateway.metrics.js';
import { type EditLimits, type InputKind, InputLimiter } from '../rate-limit.js';
import type { VoiceInput } from './client-channel.js';
import { SessionError } from './session.errors.js';

/** Where a gate passes things on, and what it has to say. */
export interface GateHandlers {
  onVoice(packet: VoiceInput): void;
  /** What it throws as a SessionError is a refusal, as if the gate itself had found fault with it. */
  onRealtime(input: RealtimeInput): void;
  /** The same. */
  onReliable(input: ReliableInput): void;
  /** The client is to be told on the reliable channel. `request` is 0 for what has no number. */
  onRefused(request: number, code: string, text: string): void;
  /** The client is to be told on the socket. */
  onSignalRefused(code: string, text: string): void;
  /** The client sends far more than it may. */
  onFlood(): void;
}

/** What is limited apart, of what comes on the reliable channel. */
const LIMIT_OF: Readonly<Partial<Record<ReliableInput['kind'], InputKind>>> = {
  edit: 'edit',
  interest: 'interest',
  claim: 'claim',
};

/**
 * Through this comes everything that one client sends in one connection: counted, limited by rate-limit.ts, checked by
 * client-input.ts, and refused with a code.
 */
export class InputGate {
  private readonly limiter: InputLimiter;
  private heardAtMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly metrics: Pick<GatewayMetrics, 'countIn' | 'countDrop'>,
    limits: EditLimits,
    private readonly handlers: GateHandlers,
  ) {
    this.limiter = new InputLimiter(limits);
    this.heardAtMs = clock.nowMs();
  }

  /** How long nothing has been heard of the client, in ms. */
  silenceMs(nowMs: number): number {
    return nowMs - this.heardAtMs;
  }

  /** There was a sign of life that is no message. */
  hear(): number {
    return (this.heardAtMs = this.clock.nowMs());
  }

  /** A checked message of the socket: returns whether it may be handled. */
  admitSignal(): boolean {
    if (this.limiter.allow('signal', this.hear())) return true;
    this.handlers.onSignalRefused('rate-limited', 'Those were too many signals at once.');
    this.drop('signal-rate');
    return false;
  }

  /** A frame of the socket that is no message. */
  refuseSignal({ code, message }: SessionError): void {
    this.limiter.countDrop(this.hear());
    this.handlers.onSignalRefused(code, message);
    this.drop(code);
  }

  /** A packet of the voice. */
  takeVoice(packet: VoiceInput): void {
    const nowMs = this.clock.nowMs();
    const { opus, pcm, injector } = packet;
    this.metrics.countIn('voice', pcm ? pcm.length : opus.length);
    if (!this.limiter.allow(injector ? 'injector' : 'voice', nowMs)) return this.drop('voice-rate');
    if (isVoicePacket(packet)) return this.handlers.onVoice(packet);
    // Padding alone is how some browsers probe for bandwidth: no offence.
    if (pcm || opus.length > 0) this.limiter.countDrop(nowMs);
    this.drop('voice-malformed');
  }

  /** A message of the real-time channel. */
  takeRealtime(bytes: Uint8Array): void {
    const nowMs = this.hear();
    this.metrics.countIn('realtime', bytes.length);
    if (!this.limiter.allow('bytes', nowMs, bytes.length)) return this.drop('bytes-rate');
    this.orRefuse(() => {
      const input = readRealtime(bytes);
      if (!this.limiter.allow(input.kind, nowMs)) return this.drop(`${input.kind}-rate`);
      this.handlers.onRealtime(input);
    });
  }

  /** A message of the reliable channel. */
  takeReliable(bytes: Uint8Array): void {
    const nowMs = this.hear();
    this.metrics.countIn('reliable', bytes.length);
    // Before it is decoded, which is what costs.
    const kind = isLarge(bytes) ? 'large-bytes' : 'bytes';
    if (!this.limiter.allow(kind, nowMs, bytes.length)) {
      const request = requestOf(bytes);
      return request > 0 ? this.refuseExcess(request, `${kind}-rate`) : this.drop(`${kind}-rate`);
    }
    this.orRefuse(() => this.passReliable(readReliable(bytes), nowMs));
  }

  private passReliable(input: ReliableInput, nowMs: number): void {
    const kind = limitOf(input);
    const isEdit = input.kind === 'edit';
    if (!this.limiter.allow(kind, nowMs) || (isEdit && !this.limiter.allow('edits', nowMs, input.edits.length))) {
      return this.refuseExcess('request' in input ? input.request : 0, `${kind}-rate`);
    }
    this.handlers.onReliable(input);
  }

  private orRefuse(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.limiter.countDrop(this.clock.nowMs());
      this.handlers.onRefused(error instanceof RequestError ? error.request : 0, error.code, error.message);
      this.drop(error.code);
    }
  }

  /** Too much of something that the client can be told about. */
  private refuseExcess(request: number, reason: string): void {
    this.handlers.onRefused(request, 'rate-limited', 'That was too much at once; try again in a moment.');
    this.drop(reason);
  }

  private drop(reason: string): void {
    this.metrics.countDrop(reason);
    if (this.limiter.isFlooding) this.handlers.onFlood();
  }
}

function limitOf(input: ReliableInput): InputKind {
  if (input.kind === 'post') return 'text' in input ? 'post' : 'binary';
  return LIMIT_OF[input.kind] ?? 'request';
}
