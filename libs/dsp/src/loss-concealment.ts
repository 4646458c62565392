/** Level at the end of each concealed packet in a row; after the last one there is silence. */
const LEVELS = [1, 0.7, 0.4, 0.15, 0] as const;

/** Concealed packets in a row after which a voice counts as silent: 100 ms at 20 ms each. */
export const CONCEALED_IN_A_ROW_MAX = LEVELS.length;

/**
 * How loud a voice is while its packets are missing. The codec invents the sound; this fades it, because an invention
 * that goes on for long is heard as a robot, and fades the voice in again when packets come back.
 */
export class LossConcealment {
  private inARow = 0;
  /** A voice begins faded out, too: its first packet may be the middle of a word. */
  private level = 0;
  /** Level of the last packet that was played. */
  private playedLevel = 1;

  /** Level reached at the end of the last packet, linear. */
  get currentLevel(): number {
    return this.level;
  }

  /** Whether everything that may be invented has been. */
  get isExhausted(): boolean {
    return this.inARow >= CONCEALED_IN_A_ROW_MAX;
  }

  /** A packet is concealed. Returns the level that it has to fade to. */
  conceal(): number {
    this.level = this.playedLevel * LEVELS[Math.min(this.inARow, LEVELS.length - 1)];
    this.inARow++;
    return this.level;
  }

  /** A voice ends here on purpose: the concealed packet fades to nothing. Returns the level to fade to. */
  end(): number {
    this.inARow = CONCEALED_IN_A_ROW_MAX;
    this.level = 0;
    return this.level;
  }

  /** A packet is played, in full or at another level. Returns the level that it has to fade to. */
  recover(level = 1): number {
    this.inARow = 0;
    this.level = level;
    this.playedLevel = level;
    return this.level;
  }
}
