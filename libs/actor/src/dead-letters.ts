import { DEAD_LETTERS_KEPT_MAX } from '@app/world';

/** A message that nobody handled and nobody was told about, or that was refused. */
export interface DeadLetter {
  /** Of the actor that it was for. */
  path: string;
  /** Error code: why it was not handled. */
  code: string;
  /** What kind of message it was; not its content, which may be large. */
  kind: string;
}

/** Where messages end that reach nobody: all are counted, the newest are kept for inspection. */
export class DeadLetters {
  private readonly ring: DeadLetter[] = [];
  private counted = 0;

  constructor(private readonly keptMax = DEAD_LETTERS_KEPT_MAX) {}

  /** Of all since the start. */
  get count(): number {
    return this.counted;
  }

  /** The newest, oldest first. */
  recent(): DeadLetter[] {
    const start = this.counted % this.keptMax;
    return this.ring.length < this.keptMax ? [...this.ring] : [...this.ring.slice(start), ...this.ring.slice(0, start)];
  }

  add(path: string, code: string, message: unknown): void {
    this.ring[this.counted % this.keptMax] = { path, code, kind: kindOf(message) };
    this.counted++;
  }
}

function kindOf(message: unknown): string {
  if (typeof message !== 'object' || message === null) return typeof message;
  if ('type' in message && typeof message.type === 'string') return message.type.slice(0, 64);
  return message.constructor?.name ?? 'object';
}
