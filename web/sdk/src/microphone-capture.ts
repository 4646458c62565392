import { clientFailure, type ClientFailureCode, type VicinityError } from './errors.js';

/** How to open a microphone. */
export interface CaptureOptions {
  /** As in `Microphone.listDevices`; undefined means the system's choice. */
  deviceId?: string | undefined;
  /** Echo cancellation, noise suppression and automatic gain: right for voices, wrong for music. */
  processing: boolean;
}

/** What getUserMedia's errors mean for the person in front of the screen. */
const CODE_OF_NAME: Record<string, ClientFailureCode> = {
  NotAllowedError: 'microphone-refused',
  SecurityError: 'microphone-refused',
  NotFoundError: 'microphone-missing',
  OverconstrainedError: 'microphone-missing',
  NotReadableError: 'microphone-busy',
  AbortError: 'microphone-busy',
};

/** Opens a microphone; fails with one of the `microphone-…` reasons. */
export async function captureMicrophone(
  devices: MediaDevices | undefined,
  options: CaptureOptions,
): Promise<MediaStreamTrack> {
  if (!devices?.getUserMedia) throw clientFailure('microphone-insecure-page');
  try {
    return await open(devices, options);
  } catch (error) {
    // The chosen device may have been unplugged since; any other is better than none.
    const isGone = ['OverconstrainedError', 'NotFoundError'].includes((error as Error).name);
    if (!isGone || options.deviceId === undefined) throw asMicrophoneFailure(error);
  }
  try {
    return await open(devices, { ...options, deviceId: undefined });
  } catch (error) {
    throw asMicrophoneFailure(error);
  }
}

async function open(devices: MediaDevices, { deviceId, processing }: CaptureOptions): Promise<MediaStreamTrack> {
  const stream = await devices.getUserMedia({
    audio: {
      echoCancellation: processing,
      noiseSuppression: processing,
      autoGainControl: processing,
      channelCount: 1,
      sampleRate: 48_000,
      ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
    },
  });
  const [track] = stream.getAudioTracks();
  if (!track) throw clientFailure('microphone-missing');
  // The encoder keeps low sounds and stereo tricks of speech codecs away from music.
  if ('contentHint' in track) track.contentHint = processing ? 'speech' : 'music';
  return track;
}

/** The typed reason for an error of getUserMedia. */
export function asMicrophoneFailure(error: unknown): VicinityError {
  const name = error instanceof Error ? error.name : '';
  if (name === 'VicinityError') return error as VicinityError;
  return clientFailure(CODE_OF_NAME[name] ?? 'microphone-failed', { cause: error });
}
