import { subjectOf, type Broker } from '@app/broker';
import type { Instance, MemberDirectory, Metrics } from '@app/runtime';
import { decodeMessage, encodeMessage } from '@app/wire';
import { isInstanceId, MEMBERS_MAX } from '@app/world';
import { mergeMetrics, type ProcessMetrics } from './merge-metrics.js';

/** How long processes may take to answer a scrape, in ms. Whoever is late is missing in this one. */
const ANSWER_TIMEOUT_MS = 1_000;
/** Bytes of one process's answer, as control.proto says. */
const ANSWER_BYTES_MAX = 262_144;

/** The metrics of all processes of the domain on one page. */
export class MetricsCollector {
  private running: Promise<string> | undefined;

  constructor(
    private readonly broker: Broker,
    private readonly metrics: Metrics,
    private readonly instance: Instance,
    private readonly members: MemberDirectory,
  ) {}

  /** Scrapes that come while one is under way share its answer, so that a flood of them costs no more than one. */
  collect(): Promise<string> {
    this.running ??= this.collectOnce().finally(() => (this.running = undefined));
    return this.running;
  }

  private async collectOnce(): Promise<string> {
    const others = this.broker.isConnected ? await this.askOthers() : [];
    const { instanceId, role } = this.instance;
    const own: ProcessMetrics = { instanceId, role, text: await this.metrics.text() };
    return mergeMetrics([own, ...others]);
  }

  private async askOthers(): Promise<ProcessMetrics[]> {
    const expected = this.members.all().length;
    const request = encodeMessage('MetricsRequest', {});
    const replies = await this.broker.requestMany(subjectOf('metrics'), request, {
      timeoutMs: ANSWER_TIMEOUT_MS,
      repliesMax: Math.min(MEMBERS_MAX, Math.max(1, expected)),
    });
    const found = new Map<string, ProcessMetrics>();
    for (const bytes of replies) {
      const reply = readReply(bytes);
      if (reply && reply.instanceId !== this.instance.instanceId) found.set(reply.instanceId, reply);
    }
    return [...found.values()].sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  }
}

/** Undefined for what no process of ours would say. */
function readReply(bytes: Uint8Array): ProcessMetrics | undefined {
  try {
    const { instanceId, role, text } = decodeMessage('MetricsReply', bytes, ANSWER_BYTES_MAX);
    return isInstanceId(instanceId) && isInstanceId(role) ? { instanceId, role, text } : undefined;
  } catch {
    return undefined;
  }
}
