/** Something is wrong with a value; caught at the door of check-properties.ts and never seen outside. */
export class CheckFailure extends Error {
  constructor(
    readonly field: string,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** One check of one entity's properties: counts values, so that a small message cannot make much work. */
export class Checking {
  private valuesLeft: number;

  constructor(private readonly valuesMax: number) {
    this.valuesLeft = valuesMax;
  }

  /** Counts one value. */
  countOne(field: string): void {
    if (--this.valuesLeft < 0) this.fail(field, `An entity has at most ${this.valuesMax} values in its properties.`);
  }

  /** Objects of JSON, with nothing behind them: no class, no list, no null. */
  requirePlainObject(value: unknown, field: string): asserts value is Record<string, unknown> {
    const isPlain = typeof value === 'object' && value !== null && hasPlainPrototype(value);
    if (!isPlain) this.fail(field, `${field || 'What describes an entity'} is an object.`);
  }

  /** Ends the check. */
  fail(field: string, sentence: string): never {
    throw new CheckFailure(field, sentence);
  }
}

function hasPlainPrototype(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // Plain objects of another realm, as frames and test runners have them.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf');
}
