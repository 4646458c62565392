import type { Page } from 'playwright-core';
import { within } from './within.js';

/** What is heard during a while: two ears at 48 kHz. */
export interface Sound {
  left: Float32Array;
  right: Float32Array;
}

/** How long a page may take for what it does at once, in ms: a browser that hangs answers never. */
const PAGE_MS_MAX = 10_000;

/**
 * Puts a recorder into a page, once, to which the page attaches streams by `window.hear(stream)`: a graph that is made anew
 * for each recording begins with a fade and loses 10 ms a little later, which would be taken for the server's clicks.
 * Resolves to whether it is new there.
 */
export async function openEars(page: Page, name: string): Promise<boolean> {
  const opening = page.evaluate(async () => {
    if (window.ears) return false;
    const audio = new AudioContext({ sampleRate: 48_000 });
    await audio.resume();
    const recorder = `registerProcessor('recorder', class extends AudioWorkletProcessor {
      process([input]) {
        const left = input[0] ?? new Float32Array(128);
        this.port.postMessage([left.slice(), (input[1] ?? left).slice()]);
        return true;
      }
    });`;
    await audio.audioWorklet.addModule(URL.createObjectURL(new Blob([recorder], { type: 'text/javascript' })));
    const ears = new AudioWorkletNode(audio, 'recorder', { channelCount: 2, channelCountMode: 'explicit' });
    let source: MediaStreamAudioSourceNode | undefined;
    window.hear = (stream: MediaStream | null | undefined): void => {
      source?.disconnect();
      source = stream && stream.getAudioTracks().length > 0 ? audio.createMediaStreamSource(stream) : undefined;
      source?.connect(ears);
    };
    window.ears = ears;
    return true;
  });
  return within(PAGE_MS_MAX, `${name} opens its ears`, opening);
}

/** Records what the page's ears hear. */
export async function record(page: Page, name: string, durationMs: number): Promise<Sound> {
  const recording = page.evaluate(async (ms) => {
    const frames = Math.round((ms / 1_000) * 48_000);
    const planes = [new Float32Array(frames), new Float32Array(frames)];
    let filled = 0;
    await new Promise<void>((resolve) => {
      window.ears!.port.onmessage = ({ data }: MessageEvent<[Float32Array, Float32Array]>) => {
        const room = Math.min(data[0].length, frames - filled);
        planes[0].set(data[0].subarray(0, room), filled);
        planes[1].set(data[1].subarray(0, room), filled);
        filled += room;
        if (filled === frames) resolve();
      };
      // A track without packets still gives silence; the time limit is for a context that does not run at all.
      setTimeout(resolve, ms * 3 + 2_000);
    });
    window.ears!.port.onmessage = null;
    const text = (plane: Float32Array): string => {
      const bytes = new Uint8Array(plane.buffer);
      let binary = '';
      for (let i = 0; i < bytes.length; i += 32_768) binary += String.fromCharCode(...bytes.subarray(i, i + 32_768));
      return btoa(binary);
    };
    return { left: text(planes[0]), right: text(planes[1]), filled };
  }, durationMs);
  const heard = await within(durationMs * 3 + 2_000 + PAGE_MS_MAX, `${name} listens`, recording);
  if (heard.filled < durationMs * 48 * 0.95) throw new Error(`${name} heard only ${heard.filled} samples`);
  return { left: floats(heard.left), right: floats(heard.right) };
}

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
