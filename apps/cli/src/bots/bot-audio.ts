import { type Body, isTurnOf } from './body.js';
import type { BotSurroundings } from './bot-surroundings.js';
import type { PairRole } from './crowd-layout.js';
import { DelayProbe, MARKER_WAIT_MS } from './delay-probe.js';
import { Ears } from './ears.js';
import { MARKER_PERIOD_FRAMES } from './marker.js';
import { Mouth, type Speech } from './mouth.js';
import type { NodeLink } from './node-link.js';

/** Who a bot is among all bots of all processes. */
export interface BotNumber {
  readonly index: number;
  readonly count: number;
}

/** What a bot says and hears, and one of a pair: the markers. */
export class BotAudio {
  readonly ears: Ears;
  private readonly mouth: Mouth;
  private probe: DelayProbe | undefined;
  private codec = '';
  private speech: Speech | undefined;

  /**
   * @param chance   in [0, 1)
   * @param partner  for a mouth: who is told when a marker was sent
   */
  constructor(
    private readonly bot: BotNumber,
    private readonly role: PairRole,
    private readonly body: Body,
    private readonly all: BotSurroundings,
    private readonly chance: () => number,
    private readonly partner?: (sentMs: number) => void,
  ) {
    this.mouth = new Mouth(all.habits.isStereo);
    this.ears = new Ears(all.tally.histograms.mixInterval);
  }

  /** The mixer has answered, or another one after it was gone. */
  start(link: NodeLink, nowMs: number): void {
    this.stop();
    this.ears.restart();
    this.mouth.start(nowMs);
    link.sender.send('NegotiateAudioFormat', [this.all.habits.codec], nowMs);
  }

  stop(): void {
    this.probe?.close();
    this.probe = undefined;
    this.speech = undefined;
  }

  /** Sends what is due. */
  talk(link: NodeLink, nowMs: number): void {
    const { counts, histograms } = this.all.tally;
    for (let due = this.mouth.due(nowMs, (frames) => (counts.framesSkipped += frames)); due > 0; due--) {
      histograms.lateness.add(nowMs - this.mouth.nextMs);
      const speech = this.isTalking(nowMs) ? this.speech : undefined;
      const place = this.mouth.speak(link, this.codec, speech, this.body.audioPose(nowMs), nowMs);
      counts.framesSent++;
      if (place >= 0 && this.partner && place % MARKER_PERIOD_FRAMES === 0) this.partner(nowMs);
    }
  }

  isTalking(nowMs: number): boolean {
    const { index, count } = this.bot;
    return this.role === 'mouth' || isTurnOf(index, count, this.all.habits.talkingShare, nowMs);
  }

  /** @param audio  undefined for silence */
  hear(sequence: number, audio: Uint8Array | undefined, nowMs: number): void {
    const frame = this.ears.take(sequence, audio === undefined, nowMs);
    this.probe?.take(frame, audio, nowMs);
  }

  /** A marker was sent that this ear should hear. */
  expectMarker(sentMs: number): void {
    const { probe } = this;
    if (!probe) return;
    this.all.clock.after(MARKER_WAIT_MS, () => {
      // Only now, so that those still on their way when measuring begins or ends make nobody seem deaf.
      this.all.tally.counts.markersSent++;
      // It may have left meanwhile.
      const delayMs = this.probe === probe ? probe.delayOf(sentMs) : undefined;
      if (delayMs !== undefined) this.all.tally.histograms.delay.add(delayMs);
    });
  }

  /** The mixer has chosen a codec: only now there is something to say. */
  choose(codec: string): void {
    if (this.codec === codec && this.speech) return;
    this.codec = codec;
    const { bank } = this.all;
    const voices = bank.voices(codec);
    const isMouth = this.role === 'mouth';
    const recording = isMouth ? this.all.markerVoice(codec).recording : voices[this.bot.index % voices.length];
    this.speech = { recording, firstFrame: Math.floor(this.chance() * recording.frames.length) };
    if (this.role !== 'ear') return;
    this.probe?.close();
    this.probe = new DelayProbe(codec, this.all.markerVoice(codec).lookAheadMs);
  }
}
