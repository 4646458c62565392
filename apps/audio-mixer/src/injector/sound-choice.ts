import { SAMPLE_RATE_HZ, SOUND_SECONDS_MAX, SOUNDS_AMBIENT_MAX } from '@app/world';
import type { SoundSource } from './sound-source.js';

/** Everything is looked at again this often, in ticks: 200 ms. */
export const CHOICE_TICKS = 10;
/** Sources and people move on between two looks, so reach is taken a little longer than it is, in metres. */
const MARGIN_M = 5;
/** One that is mixed stays so until another is closer by this factor (of the squared distance): no flapping. */
const STAY_FACTOR = 0.8;
const FRAMES_MAX = SAMPLE_RATE_HZ * SOUND_SECONDS_MAX;

/** Where somebody listens, in metres. */
export interface Ears {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * Finds the sounds that are worth mixing: those within somebody's earshot, the nearest first when there are too many. Where
 * that does not decide, the table does: it names those of all authors in turns.
 */
export class SoundChoice {
  private readonly audible: SoundSource[] = [];
  private readonly ambient: SoundSource[] = [];

  /** @param soundsMax  that are mixed at the same time */
  constructor(private readonly soundsMax: number) {}

  /**
   * Measures a tenth of the sources in each tick, and chooses anew when all were measured. Returns whether it has.
   *
   * @param isEverywhere  whether what sounds at a place is heard in the whole world
   */
  update(
    tick: number,
    at: number,
    sources: readonly SoundSource[],
    listeners: readonly Ears[],
    audibleDistanceM: number,
    isEverywhere: (source: SoundSource) => boolean,
  ): boolean {
    const reachSquared = (audibleDistanceM + MARGIN_M) ** 2;
    const turn = tick % CHOICE_TICKS;
    for (let index = turn; index < sources.length; index += CHOICE_TICKS) {
      const source = sources[index];
      let squared = Infinity;
      if (listeners.length > 0 && source.mayPlay(at, FRAMES_MAX)) {
        squared = source.isAmbient || isEverywhere(source) ? 0 : nearestSquared(source, listeners);
      }
      source.nearestSquared = squared < reachSquared ? squared : Infinity;
    }
    if (turn !== CHOICE_TICKS - 1) return false;
    this.choose(sources);
    return true;
  }

  private choose(sources: readonly SoundSource[]): void {
    const { audible, ambient } = this;
    audible.length = 0;
    ambient.length = 0;
    for (const source of sources) {
      if (source.nearestSquared === Infinity) source.isChosen = false;
      else (source.isAmbient ? ambient : audible).push(source);
    }
    chooseFirst(audible, this.soundsMax);
    chooseFirst(ambient, SOUNDS_AMBIENT_MAX);
  }
}

function nearestSquared(source: SoundSource, listeners: readonly Ears[]): number {
  let nearest = Infinity;
  for (let index = 0; index < listeners.length; index++) {
    const dx = listeners[index].x - source.x;
    const dy = listeners[index].y - source.y;
    const dz = listeners[index].z - source.z;
    const squared = dx * dx + dy * dy + dz * dz;
    if (squared < nearest) nearest = squared;
  }
  return nearest;
}

function chooseFirst(candidates: SoundSource[], most: number): void {
  if (candidates.length > most) candidates.sort((a, b) => scoreOf(a) - scoreOf(b) || a.rank - b.rank);
  for (let index = 0; index < candidates.length; index++) candidates[index].isChosen = index < most;
}

function scoreOf({ nearestSquared, isChosen }: SoundSource): number {
  return isChosen ? STAY_FACTOR * nearestSquared : nearestSquared;
}
