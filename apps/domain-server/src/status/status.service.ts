import type { Broker } from '@app/broker';
import type { Clock } from '@app/clock';
import { RoleState, type Instance, type MemberDirectory } from '@app/runtime';

/** Roles without which nobody can meet and build. */
const NEEDED_ROLES = ['gateway', 'audio-mixer', 'avatar-mixer', 'messaging', 'entity-server', 'asset-server'] as const;

/** Answer of /readyz. */
export interface Readiness {
  isReady: boolean;
  /** Roles without a READY process, and `broker`. */
  missing: string[];
}

/** A row of /api/status. */
export interface StatusRow {
  role: string;
  instanceId: string;
  state: string;
  load: number;
  sessions: number;
  sessionsMax: number;
  pid: number;
  version: string;
  /** Since the process started, in ms. */
  ageMs: number;
  /** Since its newest heartbeat, in ms. */
  silentMs: number;
}

/** What the domain is and how it does, from the heartbeats of its processes. */
export class StatusService {
  constructor(
    private readonly broker: Broker,
    private readonly clock: Clock,
    private readonly members: MemberDirectory,
    private readonly instance: Instance,
  ) {}

  readiness(): Readiness {
    const missing: string[] = NEEDED_ROLES.filter((role) => this.members.live(role).length === 0);
    if (!this.broker.isConnected) missing.unshift('broker');
    return { isReady: missing.length === 0, missing };
  }

  status(): { version: string; timeMs: number; isReady: boolean; missing: string[]; members: StatusRow[] } {
    const members = this.members.all().map((member) => ({
      role: member.role,
      instanceId: member.instanceId,
      state: stateName(member.state),
      load: Math.round(member.load * 1_000) / 1_000,
      sessions: member.sessions,
      sessionsMax: member.sessionsMax,
      pid: member.pid,
      version: member.version,
      ageMs: Math.max(0, this.clock.wallMs() - member.epochMs),
      silentMs: Math.max(0, Math.round(this.clock.nowMs() - member.heardAtMs)),
    }));
    const { isReady, missing } = this.readiness();
    return { version: this.instance.version, timeMs: this.clock.wallMs(), isReady, missing, members };
  }
}

/** `ROLE_STATE_READY` → `ready`. */
function stateName(state: RoleState): string {
  return (RoleState[state] ?? 'unknown').replace('ROLE_STATE_', '').toLowerCase();
}
