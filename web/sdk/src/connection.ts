import { PROTOCOL_VERSION, type SessionId } from '@app/world';
import { packPose, type MessageOf, type vicinity } from '@app/wire';
import type { Pose } from '@app/world';
import type { AssetPlace } from './assets/asset-address.js';
import type { Timer } from './clock.js';
import { clientFailure, VicinityError } from './errors.js';
import { GatewaySession } from './gateway-session.js';
import { requestJoin } from './join-request.js';
import type { OwnTraits } from './local-avatar.js';
import type { MediaLink, Uplink } from './media-link.js';
import type { Platform } from './platform.js';
import { DEFAULT_BACKOFF, ReconnectPolicy, type GatewayAddress } from './reconnect-policy.js';

/** How long the first join is tried before it fails, in ms. */
const JOIN_TIMEOUT_MS = 20_000;
/** How long /api/join has to answer, in ms. */
const ASK_TIMEOUT_MS = 3_000;
/** How long a lost connection is tried again before the client gives up, in ms. */
const RECONNECT_TIMEOUT_MS = 600_000;
/** A connection that held this long was good, in ms. Of those that did not, only the first is replaced without a wait. */
const GOOD_CONNECTION_MS = 10_000;

/** Where the connection is. `error` is why it is not connected. */
export type ConnectionState =
  | { kind: 'idle' }
  | { kind: 'connecting'; roundsFailed: number; error: VicinityError | undefined }
  | { kind: 'connected' }
  | { kind: 'reconnecting'; roundsFailed: number; error: VicinityError }
  /** Without an error: left on purpose. */
  | { kind: 'closed'; error: VicinityError | undefined };

/** Who this client is on the server. */
export interface SessionIdentity {
  sessionId: SessionId;
  world: string;
  gatewayId: string;
  /** The session is the one of before the interruption. */
  isResumed: boolean;
  /** Whether people may speak to the whole world here. */
  isMegaphoneAllowed: boolean;
}

/** What the connection is told about its client when it says Hello. */
export interface ConnectionSettings {
  serverUrl: string;
  world: string | undefined;
  agent: string;
  traits(): OwnTraits;
  pose(): Pose;
  uplink(): Uplink;
}

/** What the connection tells the client. */
export interface ConnectionHandlers {
  onState(state: ConnectionState): void;
  onSession(identity: SessionIdentity): void;
  /** Where files are, and the ticket for uploads, which may be empty. Before `onSession`. */
  onAssets(place: AssetPlace, ticket: string): void;
  /** A newer ticket for uploads. */
  onTicket(ticket: string): void;
  /** A link carries everything from now on. `isNewStay`: the gateway knows nothing of subscriptions made before. */
  onLink(link: MediaLink, isNewStay: boolean): void;
  onLinkLost(): void;
  onReliable(message: MessageOf<'ServerReliable'>): void;
  onRealtime(message: MessageOf<'ServerRealtime'>): void;
}

/** Keeps one session alive across gateways, sockets and PeerConnections. */
export class Connection {
  private currentState: ConnectionState = { kind: 'idle' };
  private stay: GatewaySession | undefined;
  private knownGateways: GatewayAddress[] = [];
  private resumeToken: string | undefined;
  private resumeUntilMs = Infinity;
  private resumeWindowMs = 0;
  private identity: SessionIdentity | undefined;
  /** When the present stay's first link was up. */
  private connectedMs = 0;
  /** Stays in a row that ended soon after they had begun: without a pause, they would follow each other for ever. */
  private shortStayCount = 0;
  /** Changes whenever what is under way loses its meaning, so that late answers are recognised. */
  private round = 0;
  private wake: (() => void) | undefined;
  private abandonAttempt: (() => void) | undefined;
  private readonly stopListening: Array<() => void> = [];

  constructor(
    private readonly platform: Platform,
    private readonly settings: ConnectionSettings,
    private readonly handlers: ConnectionHandlers,
  ) {}

  /** Where the connection is. */
  get state(): ConnectionState {
    return this.currentState;
  }

  /** Who this client is; undefined before the first Welcome. */
  get session(): SessionIdentity | undefined {
    return this.identity;
  }

  /** The link that carries everything now. */
  get link(): MediaLink | undefined {
    return this.currentState.kind === 'connected' ? this.stay?.link : undefined;
  }

  /** Messages of this stay that could not be decoded. */
  get malformedCount(): number {
    return this.stay?.malformedCount ?? 0;
  }

  /** Joins; settles when sound and messages flow, or with the reason why they never will. */
  async open(): Promise<void> {
    if (!this.platform.hasWebRtc) throw this.finish(clientFailure('browser-unsupported'));
    this.stopListening.push(
      this.platform.onNetworkBack(() => this.wake?.()),
      this.platform.onPageHide(() => this.leave()),
    );
    this.setState({ kind: 'connecting', roundsFailed: 0, error: undefined });
    const round = ++this.round;
    try {
      await this.establish(round, JOIN_TIMEOUT_MS);
    } catch (error) {
      throw round === this.round ? this.finish(error as VicinityError) : clientFailure('left-world');
    }
  }

  /** Leaves for good; a second call is harmless. */
  leave(): void {
    if (this.currentState.kind === 'closed') return;
    this.round++;
    this.finish(undefined);
  }

  /** Gives up the present connection and makes a new one with the same session. */
  reconnect(): void {
    if (this.currentState.kind === 'connected') this.restore(clientFailure('gateway-silent'));
  }

  /** Changes what the microphone sends. */
  async setUplink(uplink: Uplink): Promise<void> {
    await this.stay?.setUplink(uplink);
  }

  private async establish(round: number, timeoutMs: number): Promise<void> {
    const { clock } = this.platform;
    const deadlineMs = clock.nowMs() + timeoutMs;
    const roundsFailed = Math.max(0, this.shortStayCount - 1);
    const policy = new ReconnectPolicy(deadlineMs, () => this.platform.random(), DEFAULT_BACKOFF, roundsFailed);
    let lastError: VicinityError | undefined;
    while (round === this.round) {
      const step = policy.next(clock.nowMs());
      try {
        if (step.kind === 'give-up') throw lastError ?? clientFailure('connection-lost');
        if (step.kind === 'wait') await this.sleep(step.delayMs);
        if (step.kind === 'ask') {
          policy.handleGateways(await this.askForGateways());
        }
        if (step.kind === 'try') return await this.tryGateway(round, step.gateway);
      } catch (caught) {
        const error = asFailure(caught);
        if (step.kind === 'give-up' || round !== this.round) throw error;
        lastError = error;
        if (!error.retryable && !this.dropToken()) throw error;
        if (step.kind === 'ask') policy.handleAskFailed(clock.nowMs(), error.retryAfterMs);
        else policy.handleGatewayFailed(clock.nowMs(), error.retryAfterMs);
        this.tellAttempt(policy.roundsFailed, error);
      }
    }
    throw clientFailure('left-world');
  }

  /** Gateways outlive the domain-server: without it, the ones known from before are worth a try. */
  private async askForGateways(): Promise<GatewayAddress[]> {
    const { serverUrl, world } = this.settings;
    try {
      this.knownGateways = (await requestJoin(this.platform, serverUrl, world, ASK_TIMEOUT_MS)).gateways;
    } catch (error) {
      if (asFailure(error).code !== 'join-unreachable' || this.knownGateways.length === 0) throw error;
    }
    return this.knownGateways;
  }

  /** A refusal may be about the token alone: without it, a new session may be let in. */
  private dropToken(): boolean {
    const hadToken = this.resumeToken !== undefined;
    this.resumeToken = undefined;
    return hadToken;
  }

  private tellAttempt(roundsFailed: number, error: VicinityError): void {
    if (this.currentState.kind === 'connecting') this.setState({ kind: 'connecting', roundsFailed, error });
    if (this.currentState.kind === 'reconnecting') this.setState({ kind: 'reconnecting', roundsFailed, error });
  }

  /** Settles when the first link is up, or when the stay ended before. */
  private tryGateway(round: number, gateway: GatewayAddress): Promise<void> {
    const token = this.platform.clock.nowMs() < this.resumeUntilMs ? this.resumeToken : undefined;
    return new Promise((resolve, reject) => {
      let isUp = false;
      const isCurrent = (): boolean => round === this.round;
      const stay = new GatewaySession(this.platform, gateway.url, this.hello(token), this.settings.uplink, {
        onWelcome: (welcome) => isCurrent() && this.handleWelcome(welcome, gateway),
        onToken: (resumeToken, uploadTicket) => {
          if (!isCurrent()) return;
          this.resumeToken = resumeToken;
          this.handlers.onTicket(uploadTicket);
        },
        onLink: (link) => {
          if (!isCurrent()) return;
          // Whoever is told that we are connected can send at once, so the link is announced first.
          this.currentState = { kind: 'connected' };
          this.handlers.onLink(link, !isUp);
          if (!isUp) this.connectedMs = this.platform.clock.nowMs();
          isUp = true;
          this.setState(this.currentState);
          resolve();
        },
        onMediaLost: (error) => isCurrent() && this.handleMediaLost(error),
        onReliable: (message) => isCurrent() && this.handlers.onReliable(message),
        onRealtime: (message) => isCurrent() && this.handlers.onRealtime(message),
        onEnded: (error, isFinal) => {
          if (!isUp) reject(isFinal ? error : asRetryable(error));
          else if (isCurrent()) this.handleEnded(error, isFinal);
        },
      });
      this.stay = stay;
      // Closing a stay silences it, so whoever closes it must also end this wait.
      this.abandonAttempt = () => reject(clientFailure('left-world'));
    });
  }

  private hello(resumeToken: string | undefined): vicinity.v1.Hello.$Properties {
    return {
      protocolVersion: PROTOCOL_VERSION,
      world: this.settings.world ?? '',
      resumeToken: resumeToken ?? '',
      traits: this.settings.traits(),
      pose: packPose(this.settings.pose()),
      agent: this.settings.agent.slice(0, 64),
    };
  }

  private handleWelcome(welcome: vicinity.v1.Welcome.$Properties, gateway: GatewayAddress): void {
    this.resumeToken = welcome.resumeToken ?? undefined;
    this.resumeUntilMs = Infinity;
    this.resumeWindowMs = welcome.resumeWindowMs ?? 0;
    this.identity = {
      sessionId: welcome.sessionId ?? 0,
      world: welcome.world ?? '',
      gatewayId: welcome.gatewayId || gateway.instanceId,
      isResumed: welcome.resumed === true,
      isMegaphoneAllowed: welcome.megaphoneAllowed === true,
    };
    const { assetsUrl, assetsPort, uploadTicket } = welcome;
    const place = { serverUrl: this.settings.serverUrl, assetsUrl: assetsUrl ?? '', assetsPort: assetsPort ?? 0 };
    this.handlers.onAssets(place, uploadTicket ?? '');
    this.handlers.onSession(this.identity);
  }

  private handleMediaLost(error: VicinityError): void {
    this.handlers.onLinkLost();
    this.setState({ kind: 'reconnecting', roundsFailed: 0, error });
  }

  private handleEnded(error: VicinityError, isFinal: boolean): void {
    if (isFinal) {
      this.round++;
      this.finish(error);
    } else this.restore(error);
  }

  private restore(error: VicinityError): void {
    const round = ++this.round;
    const nowMs = this.platform.clock.nowMs();
    this.stay?.close(false);
    this.shortStayCount = nowMs - this.connectedMs < GOOD_CONNECTION_MS ? this.shortStayCount + 1 : 0;
    if (this.resumeUntilMs === Infinity) this.resumeUntilMs = nowMs + this.resumeWindowMs;
    this.handlers.onLinkLost();
    this.setState({ kind: 'reconnecting', roundsFailed: 0, error });
    this.establish(round, RECONNECT_TIMEOUT_MS).catch((failure: unknown) => {
      if (round === this.round) this.finish(asFailure(failure));
    });
  }

  /** Waits; a network that comes back, or leaving, ends the wait early. */
  private sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      let timer: Timer | undefined = undefined;
      this.wake = () => {
        timer?.cancel();
        this.wake = undefined;
        resolve();
      };
      timer = this.platform.clock.after(delayMs, this.wake);
    });
  }

  private finish(error: VicinityError | undefined): VicinityError {
    this.stay?.close(error === undefined);
    this.stay = undefined;
    this.abandonAttempt?.();
    for (const stop of this.stopListening.splice(0)) stop();
    this.wake?.();
    this.handlers.onLinkLost();
    this.setState({ kind: 'closed', error });
    return error ?? clientFailure('left-world');
  }

  private setState(state: ConnectionState): void {
    this.currentState = state;
    this.handlers.onState(state);
  }
}

function asFailure(error: unknown): VicinityError {
  return error instanceof VicinityError ? error : clientFailure('connection-lost', { cause: error });
}

/** A stay that ended before it was up, but not finally, is worth another attempt whatever its code. */
function asRetryable(error: VicinityError): VicinityError {
  return error.retryable ? error : new VicinityError(error.code, error.message, true, error.retryAfterMs);
}
