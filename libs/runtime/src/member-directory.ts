import { subjectOf, type Broker, type BrokerMessage, type Subscription } from '@app/broker';
import type { Clock, Timer } from '@app/clock';
import { decodeMessage, type vicinity } from '@app/wire';
import { isInstanceId, MEMBER_SILENCE_MS_MAX, MEMBERS_MAX, type InstanceId } from '@app/world';
import { RoleState } from './heartbeat.js';

/** A process of the domain as its newest heartbeat describes it. */
export interface Member {
  instanceId: InstanceId;
  role: string;
  epochMs: number;
  state: RoleState;
  load: number;
  sessions: number;
  sessionsMax: number;
  signalingPort: number;
  signalingUrl: string;
  pid: number;
  version: string;
  /** Time of its newest heartbeat, on this process's monotonic clock. */
  heardAtMs: number;
}

/** All processes of the domain, this one included. */
export interface MemberDirectory {
  /** Members of a role that are READY and not silent, sorted by instance id. The array is not changed afterwards. */
  live(role: string): readonly Member[];
  /** Everybody who is not silent, in any state but STOPPED. */
  all(): readonly Member[];
  /** Called after members came, left, became READY or ceased to be. Not called for new loads. */
  onChange(listener: () => void): Subscription;
}

const SWEEP_INTERVAL_MS = 200;
const NONE: readonly Member[] = [];

/**
 * Members from their heartbeats.
 *
 * While this process is cut off from the broker, or was itself stopped for a while, silence says nothing about the
 * others: then nobody ages, so that a restart of the broker costs no session.
 */
export class BrokerMemberDirectory implements MemberDirectory {
  private readonly members = new Map<InstanceId, Member>();
  private readonly listeners = new Set<() => void>();
  private readonly liveByRole = new Map<string, readonly Member[]>();
  private readonly subscriptions: Subscription[] = [];
  private timer: Timer | undefined;
  private sweptAtMs = 0;

  constructor(
    private readonly broker: Broker,
    private readonly clock: Clock,
    private readonly countDrop: (reason: string) => void = () => undefined,
  ) {}

  start(): void {
    this.sweptAtMs = this.clock.nowMs();
    this.subscriptions.push(this.broker.subscribe(subjectOf('member'), (message) => this.handleMessage(message)));
    this.timer = this.clock.every(SWEEP_INTERVAL_MS, () => this.sweep());
  }

  stop(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
    this.timer?.cancel();
  }

  live(role: string): readonly Member[] {
    let list = this.liveByRole.get(role);
    if (!list) {
      list = [...this.members.values()]
        .filter((member) => member.role === role && member.state === RoleState.ROLE_STATE_READY)
        .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
      if (list.length === 0) return NONE;
      this.liveByRole.set(role, list);
    }
    return list;
  }

  all(): readonly Member[] {
    return [...this.members.values()].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  }

  onChange(listener: () => void): Subscription {
    this.listeners.add(listener);
    return { unsubscribe: () => void this.listeners.delete(listener) };
  }

  private handleMessage(message: BrokerMessage): void {
    let heartbeat: vicinity.v1.MemberHeartbeat;
    try {
      heartbeat = decodeMessage('MemberHeartbeat', message.data);
    } catch {
      this.countDrop('malformed');
      return;
    }
    if (!isInstanceId(heartbeat.instanceId)) return this.countDrop('malformed');
    this.apply(heartbeat);
  }

  private apply(heartbeat: vicinity.v1.MemberHeartbeat): void {
    const known = this.members.get(heartbeat.instanceId);
    // A late word of a process that has been replaced under the same name.
    if (known && heartbeat.epochMs < known.epochMs) return;
    if (heartbeat.state === RoleState.ROLE_STATE_STOPPED) {
      if (this.members.delete(heartbeat.instanceId)) this.changed();
      return;
    }
    if (!known && this.members.size >= MEMBERS_MAX) return this.countDrop('members-full');
    const member: Member = {
      instanceId: heartbeat.instanceId,
      role: heartbeat.role,
      epochMs: heartbeat.epochMs,
      state: heartbeat.state,
      load: heartbeat.load,
      sessions: heartbeat.sessions,
      sessionsMax: heartbeat.sessionsMax,
      signalingPort: heartbeat.signalingPort,
      signalingUrl: heartbeat.signalingUrl,
      pid: heartbeat.pid,
      version: heartbeat.version,
      heardAtMs: this.clock.nowMs(),
    };
    this.members.set(member.instanceId, member);
    if (known?.state === member.state && known.epochMs === member.epochMs) {
      // Same people, newer numbers: the lists are rebuilt when next asked for, and nobody needs to be woken.
      this.liveByRole.delete(member.role);
    } else {
      this.changed();
    }
  }

  private sweep(): void {
    const nowMs = this.clock.nowMs();
    const lateMs = nowMs - this.sweptAtMs - SWEEP_INTERVAL_MS;
    this.sweptAtMs = nowMs;
    const graceMs = this.broker.isConnected ? Math.max(0, lateMs) : SWEEP_INTERVAL_MS + Math.max(0, lateMs);
    let hasChanged = false;
    for (const member of this.members.values()) {
      member.heardAtMs += graceMs;
      if (nowMs - member.heardAtMs <= MEMBER_SILENCE_MS_MAX) continue;
      this.members.delete(member.instanceId);
      hasChanged = true;
    }
    if (hasChanged) this.changed();
  }

  private changed(): void {
    this.liveByRole.clear();
    for (const listener of [...this.listeners]) listener();
  }
}
