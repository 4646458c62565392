import { type Broker, BrokerError, SUBJECTS, type SubjectName, subjectOf } from '@app/broker';
import { type MessageFields, encodeMessage } from '@app/wire';
import type { GatewayMetrics } from '../gateway.metrics.js';

type MessageNameOf<Row extends SubjectName> = (typeof SUBJECTS)[Row]['message'];

/** Puts messages on the broker by row of the SUBJECTS table. */
export class Outbox {
  private readonly subjects = new Map<string, string>();

  constructor(
    private readonly broker: Broker,
    readonly gatewayId: string,
    private readonly metrics: GatewayMetrics,
  ) {}

  /** Publishes an event of this gateway in a world. Dropped and counted while the broker is away. */
  publish<Row extends SubjectName>(row: Row, world: string, fields: MessageFields<MessageNameOf<Row>>): void {
    const bytes = encodeMessage(SUBJECTS[row].message as MessageNameOf<Row>, fields);
    try {
      this.broker.publish(this.subjectOf(row, world), bytes);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      this.metrics.countDrop(error.code);
    }
  }

  private subjectOf(row: SubjectName, world: string): string {
    const key = `${row} ${world}`;
    let subject = this.subjects.get(key);
    if (subject === undefined) {
      subject = subjectOf(row, { world, who: this.gatewayId });
      this.subjects.set(key, subject);
    }
    return subject;
  }
}
