import { isWellFormed } from '@app/world';
import { BrokerError } from './broker.errors.js';
import type { StreamOptions } from './broker.js';
import { checkPattern } from './subject-match.js';

const BUCKET = /^[-\w]{1,64}$/;
const STREAM = /^[A-Z0-9_-]{1,64}$/;
const OBJECT_NAME_CHARACTERS_MAX = 256;

/** Fails with `broker-invalid-subject` unless `bucket` can be a bucket's name. */
export function checkBucket(bucket: string): void {
  if (!BUCKET.test(bucket)) throw new BrokerError('broker-invalid-subject', `"${bucket}" is not a bucket's name.`);
}

/** Fails with `broker-invalid-subject` unless `name` can be an object's name. */
export function checkObjectName(name: string): void {
  if (name.length >= 1 && name.length <= OBJECT_NAME_CHARACTERS_MAX && isWellFormed(name)) return;
  throw new BrokerError('broker-invalid-subject', 'An object has a name of 1 to 256 characters.');
}

/** Fails with `broker-invalid-subject` unless there can be such a stream. */
export function checkStream({ name, subjects, republish }: StreamOptions): void {
  if (!STREAM.test(name)) throw new BrokerError('broker-invalid-subject', `"${name}" is not a stream's name.`);
  subjects.forEach(checkPattern);
  if (!republish) return;
  const { from, to } = republish;
  checkPattern(from);
  checkPattern(to);
  if (starsIn(from) === starsIn(to) && !from.includes('>') && !to.includes('>')) return;
  throw new BrokerError('broker-invalid-subject', `"${from}" and "${to}" do not have the same number of "*".`);
}

/** A function that gives the subject on which a stored message is republished; undefined when it is not. */
export function republisher(rule: { from: string; to: string }): (subject: string) => string | undefined {
  const from = rule.from.split('.');
  const to = rule.to.split('.');
  return (subject) => {
    const tokens = subject.split('.');
    if (tokens.length !== from.length) return undefined;
    const varying: string[] = [];
    for (const [index, token] of tokens.entries()) {
      if (from[index] === '*') varying.push(token);
      else if (from[index] !== token) return undefined;
    }
    return to.map((token) => (token === '*' ? varying.shift() : token)).join('.');
  };
}

function starsIn(pattern: string): number {
  return pattern.split('.').filter((token) => token === '*').length;
}
