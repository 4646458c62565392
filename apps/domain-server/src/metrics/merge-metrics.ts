/** Metrics of one process in the Prometheus text format. */
export interface ProcessMetrics {
  instanceId: string;
  role: string;
  text: string;
}

interface Family {
  /** `# HELP` and `# TYPE` of the process that was first. */
  header: string[];
  samples: string[];
}

/** Samples of all processes together; beyond that the answer would be a burden for whoever scrapes. */
const SAMPLES_MAX = 100_000;
const SAMPLE_PATTERN = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?(\s+\S+(?:\s+-?\d+)?)\s*$/;
const COMMENT_PATTERN = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*)(?: .*)?$/;

/**
 * One page out of many: each sample gets the labels `role` and `instance`, each family stands together under one HELP
 * and TYPE, as the format wants it. Lines that are neither comments nor samples are left out. Pure.
 */
export function mergeMetrics(processes: readonly ProcessMetrics[]): string {
  const families = new Map<string, Family>();
  let samples = 0;
  for (const { role, instanceId, text } of processes) {
    const labels = `role="${escapeLabel(role)}",instance="${escapeLabel(instanceId)}"`;
    let current: { name: string; family: Family } | undefined;
    for (const line of text.split('\n')) {
      const comment = COMMENT_PATTERN.exec(line);
      if (comment) {
        const family = familyOf(families, comment[2]);
        current = { name: comment[2], family };
        const isNew = !family.header.some((known) => known.startsWith(`# ${comment[1]} `));
        if (isNew) family.header.push(line);
        continue;
      }
      const sample = line.startsWith('#') ? undefined : SAMPLE_PATTERN.exec(line);
      if (!sample || ++samples > SAMPLES_MAX) continue;
      const [, name, own, value] = sample;
      const family = current && isOfFamily(name, current.name) ? current.family : familyOf(families, name);
      family.samples.push(`${name}{${own ? `${own.replace(/,\s*$/, '')},` : ''}${labels}}${value}`);
    }
  }
  const parts = [...families.values()].filter((family) => family.samples.length > 0);
  return parts.map(({ header, samples: lines }) => `${[...header, ...lines].join('\n')}\n`).join('');
}

/** A histogram's samples carry suffixes; they belong to the family whose header came before. */
function isOfFamily(sample: string, family: string): boolean {
  return sample.startsWith(family) && ['', '_bucket', '_sum', '_count'].includes(sample.slice(family.length));
}

function familyOf(families: Map<string, Family>, name: string): Family {
  let family = families.get(name);
  if (!family) {
    family = { header: [], samples: [] };
    families.set(name, family);
  }
  return family;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
