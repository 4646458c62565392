import type { BenchReport } from '../bench-report.js';

/** Programs of the server that have a column of their own; the others are added up. */
const ROLES = ['gateway', 'audio-mixer', 'avatar-mixer', 'nats-server', 'media-worker'];
const HEADINGS = [
  'users',
  'users per core',
  'ms per user and second',
  ...ROLES,
  'others',
  'times slower',
  'gaps',
  'chirps heard',
  'added delay p50, ms',
  'p99, ms',
  'avatars, Hz',
];

/** The figures as a table in Markdown, one row for each crowd, in the order in which they were measured. */
export function tableOf({ machine, versions, figures }: BenchReport): string {
  const values = new Map(figures.map(({ name, value }) => [name, value]));
  const names = figures.flatMap(({ name }) => /^users\.per_core\.(.+)$/.exec(name)?.[1] ?? []);
  const rowOf = (name: string): string[] => {
    const tell = (figure: string, digits: number, scale = 1, suffix = ''): string => {
      const value = values.get(`users.${figure}.${name}`);
      return value === undefined ? '–' : `${(scale * value).toFixed(digits)}${suffix}`;
    };
    const ofRoles = ROLES.reduce((sum, role) => sum + (values.get(`users.cpu_ms.${role}.${name}`) ?? 0), 0);
    const others = (values.get(`users.cpu_ms.total.${name}`) ?? 0) - ofRoles;
    return [
      titleOf(name),
      tell('per_core', 1),
      tell('cpu_ms.total', 2),
      ...ROLES.map((role) => tell(`cpu_ms.${role}`, 2)),
      others.toFixed(2),
      tell('slow_factor', 0),
      tell('gaps', 0),
      tell('markers_share', 0, 100, ' %'),
      tell('added_delay_ms.p50', 1),
      tell('added_delay_ms.p99', 1),
      tell('avatar_updates_hz', 1),
    ];
  };
  const rows = [HEADINGS, HEADINGS.map(() => '---'), ...names.map(rowOf)];
  const told = Object.entries(versions).map(([name, version]) => `${name} ${version.replace(/^nats-server: v?/, '')}`);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, load before ` +
      `${machine.load1}; ${told.join(', ')}.`,
    '',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n');
}

/** `all_talking.n100.pcm`: `100, all talking, PCM`. */
function titleOf(name: string): string {
  const [talking, count, codec] = name.split('.');
  const users = count.slice(1);
  if (talking === 'web') return `${users} pages`;
  return [users, talking.replaceAll('_', ' '), ...(codec ? [codec.toUpperCase()] : [])].join(', ');
}
