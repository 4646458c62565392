import type { Clock } from '@app/clock';
import { SOUND_FILES_MAX, SOUND_LOADS_MAX } from '@app/world';
import { SoundError } from './injector.errors.js';
import type { SoundDecoder } from './sound-decoder.js';
import type { SoundFiles } from './sound-files.js';
import { SoundSamples } from './sound-samples.js';

/** After a failure a file is tried again this much later, in ms; twice as much after each further one. */
const RETRY_MS_MIN = 5_000;
const RETRY_MS_MAX = 600_000;

/** A sound that takes more than this share of the memory gives way to a smaller one. */
const LARGE_SHARE = 1 / 16;

/** One file, as those who want to play it see it. */
export interface ShelvedSound {
  readonly url: string;
  /** Undefined until it is loaded, when it cannot be, and when its memory was needed. */
  readonly samples: SoundSamples | undefined;
}

interface Entry extends ShelvedSound {
  samples: SoundSamples | undefined;
  /** Sources that want it. */
  holders: number;
  isLoading: boolean;
  failures: number;
  retryAtMs: number;
}

/** What became of a file; for metrics and logs. */
export type TellLoad = (outcome: 'loaded' | SoundError['code'], url: string, error?: SoundError) => void;

/**
 * The decoded sounds of all worlds. What is wanted is loaded, a few files at a time; what nobody wants any more stays until its
 * memory is needed, the least recently used goes first. Of what is in use only the largest are thrown out, for smaller ones: a
 * few long sounds must not silence all others. What does not fit is not heard, and tried again later.
 */
export class SoundShelf {
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>();
  private loading = 0;
  private held = 0;

  /** @param bytesMax  memory for all samples */
  constructor(
    private readonly files: SoundFiles,
    private readonly decoder: SoundDecoder,
    private readonly clock: Clock,
    private readonly bytesMax: number,
    private readonly tell: TellLoad,
  ) {}

  /** Memory that samples take. */
  get sizeBytes(): number {
    return this.held;
  }

  /** Says that a source wants a file, until it gives it back; undefined when too many files are wanted. */
  take(url: string): ShelvedSound | undefined {
    const known = this.entries.get(url);
    if (!known && this.entries.size >= SOUND_FILES_MAX && !this.forgetOne()) return undefined;
    const entry = known ?? { url, samples: undefined, holders: 0, isLoading: false, failures: 0, retryAtMs: 0 };
    entry.holders++;
    this.entries.delete(url);
    this.entries.set(url, entry);
    this.load();
    return entry;
  }

  give(sound: ShelvedSound): void {
    const entry = this.entries.get(sound.url);
    if (entry) entry.holders--;
  }

  /** Begins to load what is wanted and not there. To be called now and then, because failures are tried again. */
  load(): void {
    if (this.loading >= SOUND_LOADS_MAX) return;
    const nowMs = this.clock.nowMs();
    for (const entry of this.entries.values()) {
      const isWanted = entry.holders > 0 && !entry.samples && !entry.isLoading && nowMs >= entry.retryAtMs;
      if (isWanted) void this.loadOne(entry);
      if (this.loading >= SOUND_LOADS_MAX) return;
    }
  }

  close(): void {
    this.decoder.close();
    this.entries.clear();
    this.held = 0;
  }

  private async loadOne(entry: Entry): Promise<void> {
    this.loading++;
    entry.isLoading = true;
    try {
      const samples = new SoundSamples(await this.decoder.decode(await this.files.load(entry.url)));
      this.keep(entry, samples);
      this.tell('loaded', entry.url);
    } catch (error) {
      this.fail(entry, error instanceof SoundError ? error : asSoundError(error));
    } finally {
      this.loading--;
      entry.isLoading = false;
      this.load();
    }
  }

  private keep(entry: Entry, samples: SoundSamples): void {
    if (this.entries.get(entry.url) !== entry) return;
    for (const other of this.entries.values()) {
      if (this.held + samples.sizeBytes <= this.bytesMax) break;
      if (other.samples && other.holders === 0) this.drop(other);
    }
    this.displaceFor(samples.sizeBytes);
    if (this.held + samples.sizeBytes > this.bytesMax) {
      throw new SoundError('sound-memory-full', 'The sounds that are played leave no memory for this one.');
    }
    entry.samples = samples;
    this.held += samples.sizeBytes;
    // One that has had to give way may have to do so again.
    if (samples.sizeBytes <= this.bytesMax * LARGE_SHARE) entry.failures = 0;
  }

  /** Takes large sounds out of use, as long as each is larger than what comes and together they make room. */
  private displaceFor(sizeBytes: number): void {
    const larger = [...this.entries.values()].filter(({ samples }) => {
      const least = Math.max(sizeBytes, this.bytesMax * LARGE_SHARE);
      return samples !== undefined && samples.sizeBytes > least;
    });
    larger.sort((a, b) => sizeOf(b) - sizeOf(a));
    const neededBytes = this.held + sizeBytes - this.bytesMax;
    if (larger.reduce((sum, entry) => sum + sizeOf(entry), 0) < neededBytes) return;
    for (const entry of larger) {
      if (this.held + sizeBytes <= this.bytesMax) return;
      this.held -= sizeOf(entry);
      entry.samples = undefined;
      this.fail(entry, new SoundError('sound-memory-full', 'It is long, and others need its memory.'));
    }
  }

  private fail(entry: Entry, error: SoundError): void {
    const delayMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** entry.failures++);
    entry.retryAtMs = this.clock.nowMs() + delayMs;
    this.tell(error.code, entry.url, error);
  }

  /** Makes room for another file. Returns whether there was one that nobody wants. */
  private forgetOne(): boolean {
    for (const entry of this.entries.values()) {
      if (entry.holders > 0 || entry.isLoading) continue;
      this.drop(entry);
      return true;
    }
    return false;
  }

  private drop(entry: Entry): void {
    this.held -= entry.samples?.sizeBytes ?? 0;
    entry.samples = undefined;
    this.entries.delete(entry.url);
  }
}

function sizeOf({ samples }: Entry): number {
  return samples?.sizeBytes ?? 0;
}

function asSoundError(cause: unknown): SoundError {
  return new SoundError('sound-broken', 'The file cannot be played.', { cause });
}
