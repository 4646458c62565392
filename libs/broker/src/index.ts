export type {
  AppendOptions,
  Broker,
  BrokerCounters,
  BrokerMessage,
  BrokerStatus,
  KeyValue,
  KeyValueEntry,
  KeyValueOptions,
  ObjectInfo,
  ObjectStore,
  RequestManyOptions,
  RequestOptions,
  StoredMessage,
  StoredObject,
  Stream,
  StreamOptions,
  StreamState,
  SubscribeOptions,
  Subscription,
} from './broker.js';
export { BrokerError, type BrokerErrorCode } from './broker.errors.js';
export { MemoryBroker } from './memory-broker.js';
export { MemoryBus, type MemoryBusOptions } from './memory-bus.js';
export { NatsBroker, type NatsBrokerOptions } from './nats-broker.js';
export { rendezvousOrder, rendezvousPick } from './rendezvous.js';
export { parseSubject, type SubjectName, subjectOf, type SubjectRow, SUBJECTS } from './subjects.js';
