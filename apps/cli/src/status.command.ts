import { defineSettings, loadSettings } from '@app/settings';
import { CliError } from './cli.errors.js';
import { formatTable } from './table.js';
import { upSettings } from './up.settings.js';

const statusSettings = defineSettings({ portBase: upSettings.portBase });

interface StatusMember {
  role: string;
  instanceId: string;
  state: string;
  load: number;
  sessions: number;
  sessionsMax: number;
  pid: number;
  ageMs: number;
}

/** What `vicinity status` prints: a table of the processes of the domain that runs on these ports. */
export async function status(flags: readonly string[]): Promise<string> {
  const { portBase } = loadSettings(statusSettings, { section: 'up', flags });
  let members: StatusMember[];
  try {
    const response = await fetch(`http://127.0.0.1:${portBase}/api/status`, { signal: AbortSignal.timeout(5_000) });
    ({ members } = (await response.json()) as { members: StatusMember[] });
  } catch (cause) {
    const sentence = `No domain answers on port ${portBase}; is it running, and is --port-base right?`;
    throw new CliError('cli-domain-unreachable', sentence, { cause });
  }
  const rows = members.map((member) => [
    member.role,
    member.instanceId,
    member.state,
    `${Math.round(member.load * 100)} %`,
    member.sessionsMax > 0 ? `${member.sessions} of ${member.sessionsMax}` : '',
    `${member.pid}`,
    `${Math.round(member.ageMs / 1_000)} s`,
  ]);
  return formatTable(['role', 'instance', 'state', 'load', 'sessions', 'pid', 'age'], rows);
}
