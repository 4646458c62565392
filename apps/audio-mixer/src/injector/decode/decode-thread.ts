import { parentPort } from 'node:worker_threads';
import { decodeSound } from './decode-sound.js';
import { SoundProblem } from './sound-problem.js';

/** What the thread is asked: one file at a time. */
export interface DecodeRequest {
  bytes: Uint8Array;
  secondsMax: number;
}

/** What it answers. */
export type DecodeAnswer = { frames: Int16Array<ArrayBuffer> } | { code: SoundProblem['code']; text: string };

parentPort?.on('message', ({ bytes, secondsMax }: DecodeRequest) => {
  decodeSound(bytes, secondsMax).then(
    (frames) => parentPort?.postMessage({ frames } satisfies DecodeAnswer, [frames.buffer]),
    (error: unknown) => parentPort?.postMessage(answerOf(error)),
  );
});

/** A decoder that fails in a way of its own has met a file that is broken in a way of its own. */
function answerOf(error: unknown): DecodeAnswer {
  if (error instanceof SoundProblem) return { code: error.code, text: error.message };
  return { code: 'sound-broken', text: error instanceof Error ? error.message : 'The decoder failed.' };
}
