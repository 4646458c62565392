/** Numbers for requests, so that an answer finds its question whoever has asked. From 1; wraps at 2^32. */
export class RequestNumbers {
  private last = 0;

  next(): number {
    this.last = (this.last + 1) >>> 0 || 1;
    return this.last;
  }
}
