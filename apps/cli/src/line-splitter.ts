/** Characters of one line; the rest of a longer one is cut off. */
const LINE_CHARACTERS_MAX = 16_384;

/** Turns chunks of text into whole lines. */
export class LineSplitter {
  private rest = '';

  constructor(private readonly handleLine: (line: string) => void) {}

  add(chunk: string): void {
    const lines = (this.rest + chunk).split('\n');
    this.rest = (lines.pop() as string).slice(0, LINE_CHARACTERS_MAX);
    for (const line of lines) if (line !== '') this.handleLine(line.slice(0, LINE_CHARACTERS_MAX));
  }

  /** Tells what came after the last line end. */
  end(): void {
    if (this.rest !== '') this.handleLine(this.rest);
    this.rest = '';
  }
}
