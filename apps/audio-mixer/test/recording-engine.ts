import type { RuleEngine } from '../src/hearing-rules.js';

/** How a listener has a source. */
export interface PairState {
  gain: number;
  isSolo: boolean;
}

/** An engine that keeps what it is told, and complains about slots that nobody has opened. Slots are used again unchanged. */
export class RecordingEngine implements RuleEngine {
  readonly calls: string[] = [];
  readonly openListeners = new Set<number>();
  readonly openSources = new Set<number>();
  readonly soloModes = new Map<number, boolean>();
  readonly listenerSpaces = new Map<number, number>();
  readonly sourceSpaces = new Map<number, number>();
  readonly reaches = new Map<number, string>();
  private readonly pairs = new Map<string, PairState>();

  pair(listener: number, source: number): PairState {
    return this.pairs.get(`${listener} ${source}`) ?? { gain: 1, isSolo: false };
  }

  setPairGain(listener: number, source: number, gain: number): void {
    this.note(`gain ${listener} ${source} ${gain}`, listener, source);
    this.pairs.set(`${listener} ${source}`, { ...this.pair(listener, source), gain });
  }

  setSolo(listener: number, source: number, isSolo: boolean): void {
    this.note(`solo ${listener} ${source} ${isSolo}`, listener, source);
    this.pairs.set(`${listener} ${source}`, { ...this.pair(listener, source), isSolo });
  }

  setSoloMode(listener: number, isOn: boolean): void {
    this.note(`solo mode ${listener} ${isOn}`, listener);
    this.soloModes.set(listener, isOn);
  }

  setListenerSpace(listener: number, radiusM: number): void {
    this.note(`listener space ${listener} ${radiusM}`, listener);
    this.listenerSpaces.set(listener, radiusM);
  }

  setSourceSpace(source: number, radiusM: number): void {
    this.note(`source space ${source} ${radiusM}`, undefined, source);
    this.sourceSpaces.set(source, radiusM);
  }

  setSourceReach(source: number, reach: 'local' | 'megaphone'): void {
    this.note(`reach ${source} ${reach}`, undefined, source);
    this.reaches.set(source, reach);
  }

  /** What it has been told since the last call. */
  take(): string[] {
    return this.calls.splice(0);
  }

  private note(call: string, listener: number | undefined, source?: number): void {
    if (listener !== undefined && !this.openListeners.has(listener)) throw new Error(`no such listener: ${call}`);
    if (source !== undefined && !this.openSources.has(source)) throw new Error(`no such source: ${call}`);
    this.calls.push(call);
  }
}
