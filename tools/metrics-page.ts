import { MemoryBus } from '@app/broker';
import { SystemClock, SystemRandom } from '@app/clock';
import { commonSettings, PrometheusMetrics, RoleProcess, silentLogger, type Metrics } from '@app/runtime';
import { loadSettings } from '@app/settings';
import { assetServerMetrics } from '../apps/asset-server/src/asset-server.metrics.js';
import { audioMixerMetrics } from '../apps/audio-mixer/src/audio-mixer.metrics.js';
import { avatarMixerMetrics } from '../apps/avatar-mixer/src/avatar-mixer.metrics.js';
import { domainServerMetrics } from '../apps/domain-server/src/domain-server.metrics.js';
import { entityServerMetrics } from '../apps/entity-server/src/entity-server.metrics.js';
import { GatewayMetrics } from '../apps/gateway/src/gateway.metrics.js';
import { messagingMetrics } from '../apps/messaging/src/messaging.metrics.js';

const INTRO = `# Metrics

Everything that \`/metrics\` of the domain-server tells, in the Prometheus text format. Each sample has the labels \`role\` and
\`instance\`. What to watch is in [operating.md](operating.md). This page is rendered from the code, and a test compares the
two; \`UPDATE_DOCS=1 npm run test:jest -- tools/metrics-page\` writes it again.

Besides these, each process tells what Node.js knows of it: \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`,
\`process_start_time_seconds\`, \`nodejs_eventloop_lag_p99_seconds\`, \`nodejs_heap_size_used_bytes\`,
\`nodejs_gc_duration_seconds\` and others of the same families.
`;

const ROLES: ReadonlyArray<readonly [title: string, register: (metrics: Metrics) => unknown]> = [
  ['gateway', (metrics) => new GatewayMetrics(metrics)],
  ['audio-mixer', audioMixerMetrics],
  ['avatar-mixer', avatarMixerMetrics],
  ['messaging', messagingMetrics],
  ['entity-server', entityServerMetrics],
  ['asset-server', assetServerMetrics],
  ['domain-server', domainServerMetrics],
];

/** The whole of docs/metrics.md. */
export async function renderMetricsPage(): Promise<string> {
  const sections = [section('Every role', await textOfEveryRole())];
  for (const [title, register] of ROLES) {
    const metrics = new PrometheusMetrics();
    register(metrics);
    sections.push(section(title, await metrics.text()));
  }
  return [INTRO, ...sections].join('\n');
}

/** What a role tells that does nothing at all. */
async function textOfEveryRole(): Promise<string> {
  class EmptyModule {}
  const role = new RoleProcess(
    { role: 'messaging', module: EmptyModule, settings: {} },
    {
      clock: new SystemClock(),
      random: new SystemRandom(),
      logger: silentLogger,
      instance: { instanceId: 'messaging-1', role: 'messaging', epochMs: 1, version: '0' },
      settings: loadSettings(commonSettings, { flags: [], variables: {} }),
      pid: 1,
      connect: () => Promise.resolve(new MemoryBus().connect()),
    },
  );
  await role.start();
  const text = await role.metrics.text();
  await role.stop();
  return text;
}

function section(title: string, text: string): string {
  const kinds = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind]));
  const rows = [...text.matchAll(/^# HELP (\S+) (.+)$/gm)]
    .map(([, name, help]) => `| \`${name}\` | ${kinds.get(name)} | ${help.replaceAll('|', '\\|')} |`)
    .sort();
  return [`## ${title}`, '', '| name | kind | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n');
}
