import { subjectOf, type Broker, type Subscription } from '@app/broker';
import { encodeMessage } from '@app/wire';
import type { Instance } from './instance.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

/** Answers scrapes: roles have no HTTP listener, their numbers travel over the broker. */
export function answerMetrics(broker: Broker, instance: Instance, metrics: Metrics, logger: Logger): Subscription {
  return broker.subscribe(subjectOf('metrics'), ({ reply }) => {
    if (!reply) return;
    metrics
      .text()
      .then((text) => {
        const answer = { instanceId: instance.instanceId, role: instance.role, text };
        broker.publish(reply, encodeMessage('MetricsReply', answer));
      })
      .catch((error: unknown) => logger.warn({ err: error }, 'Metrics could not be told.'));
  });
}
