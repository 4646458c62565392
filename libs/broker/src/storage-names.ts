import { BrokerError } from './broker.errors.js';
import type { StreamOptions } from './broker.js';
import { checkPattern, isSubject } from './subject-match.js';

const BUCKET = /^[-\w]{1,64}$/;
const STREAM = /^[A-Z0-9_-]{1,32}$/;

/** Fails with `broker-invalid-subject` unless `bucket` can be a bucket's name. */
export function checkBucket(bucket: string): void {
  if (!BUCKET.test(bucket)) throw new BrokerError('broker-invalid-subject', `"${bucket}" is not a bucket's name.`);
}

/**
 * Fails with `broker-invalid-subject` unless there can be such a stream. Returns the first token of all its subjects;
 * there must be one for all, because the broker takes a single rule for what becomes of appended messages.
 */
export function checkStream({ name, subjects }: StreamOptions): string {
  if (!STREAM.test(name)) throw new BrokerError('broker-invalid-subject', `"${name}" is not a stream's name.`);
  subjects.forEach(checkPattern);
  const roots = new Set(subjects.map((subject) => subject.split('.')[0]));
  const [root] = roots;
  if (roots.size === 1 && isSubject(root)) return root;
  throw new BrokerError('broker-invalid-subject', `The subjects ${subjects.join(', ')} do not begin with one token.`);
}
