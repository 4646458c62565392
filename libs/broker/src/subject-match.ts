import { BrokerError } from './broker.errors.js';

// Control characters and blanks would end up inside the broker's text protocol.
const TOKEN = /^[^\s.*>\p{Cc}]+$/u;
const KEY = /^[-/=\w]+(\.[-/=\w]+)*$/;

const DOT = 0x2e;
const STAR = 0x2a;
const GREATER = 0x3e;

/** Whether a message can be published to `subject`: tokens between dots, no wildcards. */
export function isSubject(subject: string): boolean {
  let previous = DOT;
  for (let i = 0; i < subject.length; i++) {
    const unit = subject.charCodeAt(i);
    // Every answer goes to a subject of its own, so this must be quick where everything is ASCII.
    if (unit > 0x7e) return subject.split('.').every((token) => TOKEN.test(token));
    if (unit <= 0x20 || unit === STAR || unit === GREATER || (unit === DOT && previous === DOT)) return false;
    previous = unit;
  }
  return previous !== DOT;
}

/** Whether `pattern` can be subscribed to: a subject in which tokens may be `*`, and the last one `>`. */
export function isPattern(pattern: string): boolean {
  const tokens = pattern.split('.');
  return tokens.every(
    (token, index) => token === '*' || (token === '>' && index === tokens.length - 1) || TOKEN.test(token),
  );
}

/** Fails with `broker-invalid-subject` unless a message can be published to `subject`. */
export function checkSubject(subject: string): void {
  if (!isSubject(subject)) throw new BrokerError('broker-invalid-subject', `"${subject}" is not a subject.`);
}

/** Fails with `broker-invalid-subject` unless `pattern` can be subscribed to. */
export function checkPattern(pattern: string): void {
  if (!isPattern(pattern)) throw new BrokerError('broker-invalid-subject', `"${pattern}" is not a subject or pattern.`);
}

/** Fails with `broker-invalid-subject` unless `key` can be a key of a bucket. */
export function checkKey(key: string): void {
  if (!KEY.test(key)) throw new BrokerError('broker-invalid-subject', `"${key}" is not a key.`);
}

/** A function that tells whether a subject matches `pattern`. */
export function subjectMatcher(pattern: string): (subject: string) => boolean {
  if (!pattern.includes('*') && !pattern.includes('>')) return (subject) => subject === pattern;
  const wanted = pattern.split('.');
  const takesRest = wanted[wanted.length - 1] === '>';
  if (takesRest) wanted.pop();
  return (subject) => {
    const tokens = subject.split('.');
    // `>` stands for one token or more.
    if (takesRest ? tokens.length <= wanted.length : tokens.length !== wanted.length) return false;
    return wanted.every((token, index) => token === '*' || token === tokens[index]);
  };
}
