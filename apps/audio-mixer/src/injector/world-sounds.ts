import { NO_SLOT, type SpatialEngine, type ZoneMap } from '@app/dsp';
import { BLOCK_FRAMES } from '@app/world';
import { type Ears, SoundChoice } from './sound-choice.js';
import type { SoundShelf } from './sound-shelf.js';
import { SoundSource } from './sound-source.js';
import type { SoundTable } from './sound-table.js';

/** A table that is older than the last one counts again when none has come for this long, in ms: the world began anew. */
const TABLE_SILENCE_MS = 10_000;
/** Blocks after its last sound in which a source keeps its slot, so that what is under way to the ears is heard. */
const QUIET_BLOCKS = 2;

/** What the sounds of a world did in one tick. */
export interface SoundCounts {
  /** Sounds that are known. */
  sounds: number;
  /** Sounds that were heard by somebody. */
  soundsHeard: number;
}

/** The sounds of one world: those that the last table names, as far as somebody can hear them. */
export class WorldSounds {
  private readonly byId = new Map<string, SoundSource>();
  /** All of them, and those that are leaving. */
  private sources: SoundSource[] = [];
  private readonly choice: SoundChoice;
  private readonly block = new Float32Array(BLOCK_FRAMES);
  /** The slot of all ambient sounds together. */
  private ambience: number | undefined;
  private ambienceQuietBlocks = 0;
  private slots = 0;
  private sequence = -1;
  private toldAtMs = 0;

  /**
   * @param soundsMax  sounds at places that are mixed at the same time; the engine has one more slot for the ambient ones
   */
  constructor(
    private readonly shelf: SoundShelf,
    private readonly soundsMax: number,
  ) {
    this.choice = new SoundChoice(soundsMax);
  }

  /** Takes over a table. Returns false, and changes nothing, for one that is older than what is known. */
  apply(table: SoundTable, nowMs: number): boolean {
    const isOld = table.sequence < this.sequence && nowMs - this.toldAtMs < TABLE_SILENCE_MS;
    if (isOld) return false;
    this.sequence = table.sequence;
    this.toldAtMs = nowMs;
    const named = new Set<string>();
    for (const [rank, spec] of table.sounds.entries()) {
      named.add(spec.id);
      let source = this.byId.get(spec.id);
      if (source?.continuesAs(spec)) source.tell(spec, nowMs);
      else {
        if (source) source.isGone = true;
        this.byId.set(spec.id, (source = new SoundSource(spec, nowMs)));
      }
      source.rank = rank;
    }
    for (const [id, source] of this.byId) {
      if (named.has(id)) continue;
      source.isGone = true;
      this.byId.delete(id);
    }
    this.gather();
    return true;
  }

  /** Lists those that are there and those that still fade. */
  private gather(): void {
    const sources = [...this.byId.values()];
    for (const source of this.sources) {
      if (!source.isGone) continue;
      if (this.isInUse(source)) sources.push(source);
      else source.leaveFile(this.shelf);
    }
    this.sources = sources;
  }

  /** Fills the engine with the next block of everything that somebody hears. */
  pull(
    engine: SpatialEngine,
    zones: ZoneMap | undefined,
    listeners: readonly Ears[],
    tick: number,
    at: number,
    nowMs: number,
    counts: SoundCounts,
  ): void {
    const { sources } = this;
    counts.sounds += this.byId.size;
    if (sources.length === 0 && this.ambience === undefined) return;
    const isOnStage = ({ x, y, z }: SoundSource): boolean => zones?.isStage(zones.zoneAt(x, y, z)) === true;
    const { audibleDistanceM } = engine.options;
    if (this.choice.update(tick, at, sources, listeners, audibleDistanceM, isOnStage)) this.provide();
    let ambience: Float32Array | undefined;
    let isAmbienceHeard = false;
    for (let index = 0; index < sources.length; index++) {
      const source = sources[index];
      source.move(nowMs);
      if (!this.isInUse(source) && !source.isDue(at)) continue;
      if (source.isAmbient) {
        ambience ??= this.openAmbience(engine);
        const isHeard = ambience !== undefined && source.pull(this.block, at);
        if (ambience && isHeard) add(ambience, this.block, isAmbienceHeard);
        isAmbienceHeard ||= isHeard;
        counts.soundsHeard += isHeard ? 1 : 0;
      } else counts.soundsHeard += this.pullPlaced(engine, source, at) ? 1 : 0;
    }
    this.endAmbience(engine, isAmbienceHeard);
  }

  /** Nobody listens any more, so nothing needs to fade. */
  closeAll(engine: SpatialEngine | undefined): void {
    for (const source of this.sources) {
      if (source.slot !== undefined) this.removeSlot(engine, source);
      source.cut(this.shelf);
    }
    this.sources = [...this.byId.values()];
    if (this.ambience !== undefined) engine?.removeSource(this.ambience);
    this.ambience = undefined;
  }

  private isInUse(source: SoundSource): boolean {
    return source.isHeard || source.slot !== undefined;
  }

  /** Those that are chosen get their files; those that have faded give them back. */
  private provide(): void {
    for (const source of this.sources) {
      if (source.isChosen && !source.isGone) source.wantFile(this.shelf);
      else if (!this.isInUse(source)) source.leaveFile(this.shelf);
    }
    this.gather();
    this.shelf.load();
  }

  private pullPlaced(engine: SpatialEngine, source: SoundSource, at: number): boolean {
    const slot = source.slot ?? this.addSlot(engine, source);
    if (slot === undefined) return false;
    engine.setSourcePose(slot, source.x, source.y, source.z, 0, 0, 0, 1);
    const isHeard = source.pull(engine.input(slot), at);
    engine.setSounding(slot, isHeard);
    source.quietBlocks = isHeard ? 0 : source.quietBlocks + 1;
    if (source.quietBlocks > QUIET_BLOCKS && !source.isHeard) this.removeSlot(engine, source);
    return isHeard;
  }

  private addSlot(engine: SpatialEngine, source: SoundSource): number | undefined {
    if (this.slots >= this.soundsMax || source.isGone) return undefined;
    const slot = engine.addSource('thing');
    if (slot === NO_SLOT) return undefined;
    this.slots++;
    source.quietBlocks = 0;
    source.slot = slot;
    return slot;
  }

  private removeSlot(engine: SpatialEngine | undefined, source: SoundSource): void {
    engine?.removeSource(source.slot as number);
    source.slot = undefined;
    this.slots--;
  }

  private openAmbience(engine: SpatialEngine): Float32Array | undefined {
    if (this.ambience === undefined) {
      const slot = engine.addSource('thing');
      if (slot === NO_SLOT) return undefined;
      engine.setSourceReach(slot, 'ambience');
      this.ambience = slot;
    }
    return engine.input(this.ambience);
  }

  private endAmbience(engine: SpatialEngine, isHeard: boolean): void {
    if (this.ambience === undefined) return;
    engine.setSounding(this.ambience, isHeard);
    this.ambienceQuietBlocks = isHeard ? 0 : this.ambienceQuietBlocks + 1;
    if (this.ambienceQuietBlocks <= QUIET_BLOCKS) return;
    engine.removeSource(this.ambience);
    this.ambience = undefined;
    this.ambienceQuietBlocks = 0;
  }
}

/** The first one replaces what was in the block before. */
function add(sum: Float32Array, block: Float32Array, isSum: boolean): void {
  if (!isSum) sum.set(block);
  else for (let index = 0; index < sum.length; index++) sum[index] += block[index];
}
