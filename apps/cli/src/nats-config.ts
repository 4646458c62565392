/** What the broker's configuration depends on. */
export interface NatsConfigInput {
  /** Names the broker in its own logs, for example `vicinity-40100`. */
  serverName: string;
  port: number;
  monitoringPort: number;
  storeDir: string;
  pidFile: string;
  /** What `nats-server --version` says, for example `nats-server: v2.10.4`. */
  versionText: string;
}

/**
 * Configuration of the embedded broker. It listens on loopback whatever the domain does: processes of other machines
 * get a broker of their own configuration.
 */
export function natsConfig(input: NatsConfigInput): string {
  const { major, minor } = versionOf(input.versionText);
  const isAtLeast = (wantedMinor: number): boolean => major > 2 || (major === 2 && minor >= wantedMinor);
  const jetstream = [
    `  store_dir: ${quote(input.storeDir)}`,
    '  max_mem: 256MB',
    '  max_file: 64GB',
    // An acknowledged message survives a power failure. Older servers have no such option and sync every two minutes.
    ...(isAtLeast(10) ? ['  sync_interval: always'] : []),
  ];
  return [
    '# Written by `vicinity up` at every start; changes are lost.',
    `server_name: ${quote(input.serverName)}`,
    `listen: "127.0.0.1:${input.port}"`,
    `http: "127.0.0.1:${input.monitoringPort}"`,
    `pid_file: ${quote(input.pidFile)}`,
    'max_payload: 1MB',
    // A role that does not read is cut off before what waits for it fills the memory, and before it is hopelessly late.
    'max_pending: 32MB',
    'write_deadline: "5s"',
    'jetstream {',
    ...jetstream,
    '}',
    '',
  ].join('\n');
}

function versionOf(text: string): { major: number; minor: number } {
  const match = /v?(\d+)\.(\d+)\./.exec(text);
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : { major: 0, minor: 0 };
}

function quote(text: string): string {
  return JSON.stringify(text);
}
