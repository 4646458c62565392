import type { Clock, Timer } from '@app/clock';
import { SOUND_DECODE_MS_MAX, SOUND_SECONDS_MAX } from '@app/world';
import { Worker } from 'node:worker_threads';
import type { DecodeAnswer, DecodeRequest } from './decode/decode-thread.js';
import { SoundError } from './injector.errors.js';

/** A thread that has nothing to do gives its memory back after this long, in ms. */
const IDLE_MS = 60_000;
/** Memory for what is no samples, in MiB; samples lie outside of it, and have limits of their own. */
const HEAP_MB_MAX = 64;
const THREAD = new URL('./decode/decode-thread.js', import.meta.url);

/** Makes samples of files. */
export interface SoundDecoder {
  /**
   * Mono samples at 48 kHz. Rejects with SoundError.
   *
   * @param bytes  handed over: they cannot be used any more afterwards
   */
  decode(bytes: Uint8Array<ArrayBuffer>): Promise<Int16Array<ArrayBuffer>>;
  /** Gives everything back; what is under way is rejected. A second call is harmless. */
  close(): void;
}

interface Job {
  bytes: Uint8Array<ArrayBuffer>;
  resolve: (frames: Int16Array<ArrayBuffer>) => void;
  reject: (error: SoundError) => void;
}

/**
 * Decodes in a thread of its own, one file after another, so that the thread that mixes never waits. A file that takes too
 * long, or breaks the thread, costs this thread: the next file gets another one.
 */
export class ThreadSoundDecoder implements SoundDecoder {
  private readonly waiting: Job[] = [];
  private current: Job | undefined;
  private thread: Worker | undefined;
  private timer: Timer | undefined;

  /** @param url  of the thread's code */
  constructor(
    private readonly clock: Clock,
    private readonly url = THREAD,
  ) {}

  decode(bytes: Uint8Array<ArrayBuffer>): Promise<Int16Array<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ bytes, resolve, reject });
      if (!this.current) this.next();
    });
  }

  close(): void {
    this.endThread();
    const closed = new SoundError('sound-unavailable', 'The decoder was closed.');
    for (const job of [...(this.current ? [this.current] : []), ...this.waiting.splice(0)]) job.reject(closed);
    this.current = undefined;
  }

  private next(): void {
    this.timer?.cancel();
    this.current = this.waiting.shift();
    if (!this.current) {
      this.timer = this.clock.after(IDLE_MS, () => this.endThread());
      return;
    }
    this.thread ??= this.startThread();
    this.timer = this.clock.after(SOUND_DECODE_MS_MAX, () =>
      this.fail('sound-decoder-stuck', `Decoding took longer than ${SOUND_DECODE_MS_MAX} ms.`),
    );
    const { bytes } = this.current;
    const request: DecodeRequest = { bytes, secondsMax: SOUND_SECONDS_MAX };
    this.thread.postMessage(request, [bytes.buffer]);
  }

  private startThread(): Worker {
    const thread = new Worker(this.url, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX } });
    // It must not keep the process alive.
    thread.unref();
    const isCurrent = (): boolean => this.thread === thread;
    thread.on('message', (answer: DecodeAnswer) => isCurrent() && this.finish(answer));
    thread.on('error', (error) => isCurrent() && this.fail('sound-broken', error.message));
    thread.on('exit', () => isCurrent() && this.fail('sound-broken', 'The decoder has ended.'));
    return thread;
  }

  private finish(answer: DecodeAnswer): void {
    const job = this.current;
    if ('frames' in answer) job?.resolve(answer.frames);
    else job?.reject(new SoundError(answer.code, answer.text));
    this.next();
  }

  private fail(code: 'sound-broken' | 'sound-decoder-stuck', text: string): void {
    const job = this.current;
    this.endThread();
    job?.reject(new SoundError(code, text));
    this.next();
  }

  private endThread(): void {
    const { thread } = this;
    this.timer?.cancel();
    this.thread = undefined;
    void thread?.terminate();
  }
}
