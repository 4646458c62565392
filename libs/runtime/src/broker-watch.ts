import type { Broker, BrokerCounters } from '@app/broker';
import type { Logger } from './logger.js';
import type { PrometheusMetrics } from './metrics.js';

const COUNTERS: ReadonlyArray<readonly [keyof BrokerCounters, name: string, help: string]> = [
  ['published', 'broker_published_total', 'Messages sent to the broker.'],
  [
    'publishedDropped',
    'broker_published_dropped_total',
    'Messages not sent: disconnected, or the broker did not keep up.',
  ],
  ['delivered', 'broker_delivered_total', 'Messages that the broker delivered.'],
  ['deliveredDropped', 'broker_delivered_dropped_total', 'Messages not handled, because too many were unfinished.'],
  ['handlersFailed', 'broker_handlers_failed_total', 'Subscription handlers that failed.'],
  ['reconnected', 'broker_reconnects_total', 'Times the broker came back.'],
];

/** Numbers about the connection to the broker, and a line in the log when something happens to it. */
export function watchBroker(broker: Broker, metrics: PrometheusMetrics, logger: Logger): void {
  const connected = metrics.gauge('broker_connected', '1 while the broker is connected.');
  const counters = COUNTERS.map(([key, name, help]) => ({ key, metric: metrics.counter(name, help), told: 0 }));
  metrics.beforeText(() => {
    connected.set(broker.isConnected ? 1 : 0);
    for (const counter of counters) {
      const count = broker.counters[counter.key];
      counter.metric.inc(count - counter.told);
      counter.told = count;
    }
  });
  broker.onStatus((status) => {
    switch (status.type) {
      case 'connected':
        return logger.info('The broker is connected.');
      case 'disconnected':
        return logger.warn('The broker is disconnected.');
      case 'slow-consumer':
        return logger.warn(
          { subject: status.subject },
          'This process does not keep up with a subject; messages are lost.',
        );
      case 'handler-failed':
        return logger.error({ subject: status.subject, err: status.error }, 'A subscription handler failed.');
      default:
        return undefined;
    }
  });
}
