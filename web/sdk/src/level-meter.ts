/** Measures how loud a track is, for a meter on screen. Does nothing where there is no Web Audio. */
export class LevelMeter {
  private context: AudioContext | undefined;
  private source: MediaStreamAudioSourceNode | undefined;
  private analyser: AnalyserNode | undefined;
  private samples: Float32Array<ArrayBuffer> | undefined;

  /** Measures this track from now on; undefined measures nothing. The track stays the caller's. */
  watch(track: MediaStreamTrack | undefined): void {
    this.source?.disconnect();
    this.source = undefined;
    if (!track || typeof AudioContext === 'undefined') return;
    this.context ??= new AudioContext();
    this.analyser ??= this.makeAnalyser(this.context);
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(this.analyser);
    this.resume();
  }

  /** Browsers hold Web Audio back until the first click or key; call this from one. */
  resume(): void {
    if (this.context?.state === 'suspended') void this.context.resume().catch(() => undefined);
  }

  /** Root mean square of the last 20 ms or so, 0 to 1. */
  rms(): number {
    if (!this.analyser || !this.source || !this.samples) return 0;
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return Math.sqrt(sum / this.samples.length);
  }

  /** Frees the audio device. */
  close(): void {
    this.watch(undefined);
    void this.context?.close().catch(() => undefined);
    this.context = undefined;
    this.analyser = undefined;
  }

  private makeAnalyser(context: AudioContext): AnalyserNode {
    const analyser = context.createAnalyser();
    analyser.fftSize = 1_024;
    this.samples = new Float32Array(new ArrayBuffer(analyser.fftSize * 4));
    return analyser;
  }
}
