import type { Broker } from '@app/broker';
import { subjectOf } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import { encodeMessage, vicinity } from '@app/wire';
import { HEARTBEAT_INTERVAL_MS } from '@app/world';
import type { Instance } from './instance.js';

export type RoleState = vicinity.v1.RoleState;
export const RoleState = vicinity.v1.RoleState;

/** What a role tells about itself besides being alive. */
export interface HeartbeatReport {
  /** 0 (idle) to 1 (full) and above (shedding). */
  load?: number;
  sessions?: number;
  sessionsMax?: number;
  /** Port of the signalling WebSocket. */
  signalingPort?: number;
  /** Public URL of the signalling WebSocket, when the operator configured one. */
  signalingUrl?: string;
}

export interface Heartbeat {
  /** What is given replaces what was reported before; it is told with the next heartbeat. Cheap, call it at will. */
  report(report: HeartbeatReport): void;
  readonly state: RoleState;
}

/** Tells everybody that this process lives: every HEARTBEAT_INTERVAL_MS and on every change of state. */
export class BrokerHeartbeat implements Heartbeat {
  private readonly subject: string;
  private readonly message: vicinity.v1.IMemberHeartbeat;
  private timer: Timer | undefined;

  constructor(
    private readonly broker: Broker,
    private readonly clock: Clock,
    instance: Instance,
    pid: number,
  ) {
    this.subject = subjectOf('member', { who: instance.instanceId });
    this.message = {
      instanceId: instance.instanceId,
      role: instance.role,
      epochMs: instance.epochMs,
      version: instance.version,
      pid,
      state: RoleState.ROLE_STATE_STARTING,
    };
  }

  get state(): RoleState {
    return this.message.state as RoleState;
  }

  start(): void {
    this.publish();
    this.timer = this.clock.every(HEARTBEAT_INTERVAL_MS, () => this.publish());
  }

  report(report: HeartbeatReport): void {
    Object.assign(this.message, report);
  }

  /** Told at once; after STOPPED nothing more is told. */
  enter(state: RoleState): void {
    this.message.state = state;
    this.publish();
    if (state === RoleState.ROLE_STATE_STOPPED) this.timer?.cancel();
  }

  private publish(): void {
    this.broker.publish(this.subject, encodeMessage('MemberHeartbeat', this.message));
  }
}
