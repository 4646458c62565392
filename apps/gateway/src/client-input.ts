import { inspectOpusPacket } from '@app/opus';
import {
  BINARY_BYTES_MAX,
  CHANNEL_NAME_CHARACTERS_MAX,
  CLIENT_REALTIME_BYTES_MAX,
  CLIENT_RELIABLE_BYTES_MAX,
  CLIENT_RELIABLE_SMALL_BYTES_MAX,
  HISTORY_COUNT_MAX,
  INJECTORS_PER_SESSION_MAX,
  MODEL_URL_CHARACTERS_MAX,
  NAME_CHARACTERS_MAX,
  NEAR_M_MAX,
  PCM_MONO_BYTES,
  PCM_STEREO_BYTES,
  POSE_BYTES_MIN,
  PROTOCOL_VERSION,
  SAMPLE_RATE_HZ,
  SIGNAL_BYTES_MAX,
  SOUND_VOLUME_MAX,
  isChannelName,
  isText,
  isWellFormed,
} from '@app/world';
import {
  type HearingWishes,
  type MessageName,
  type MessageOf,
  type vicinity,
  WireError,
  decodeMessage,
  isPackedPose,
  isPosePrefix,
  unpackHearingWishes,
} from '@app/wire';
import {
  type EntityInput,
  type EntityMotionInput,
  readClaim,
  readEdits,
  readInterest,
  readMotion,
} from './entities/entity-input.js';
import type { InjectorInput, VoiceInput } from './session/client-channel.js';
import { SessionError } from './session/session.errors.js';

/**
 * The one place where what clients send is checked: bytes come in, and a value whose every field is within its range goes
 * out, or a SessionError with a code. Behind this file nobody checks again. Pure.
 */

/** Traits within their limits. */
export interface CheckedTraits {
  /** 1 to 48 characters without control characters. */
  name: string;
  /** 0xRRGGBB. */
  colour: number;
  /** Empty, or an https, http or atp URL. */
  modelUrl: string;
}

/** A checked ClientSignal. */
export type SignalInput =
  | {
      kind: 'hello';
      /** Empty means the first world. */
      world: string;
      resumeToken: string;
      traits: CheckedTraits;
      pose: Uint8Array | undefined;
      /** Printable, for logs. */
      agent: string;
    }
  | { kind: 'answer'; generation: number; sdp: string }
  | { kind: 'bye' }
  | { kind: 'media-failed'; generation: number };

/** A checked ClientReliable. */
export type ReliableInput =
  | { kind: 'set-traits'; traits: CheckedTraits }
  | { kind: 'subscribe'; request: number; channel: string; historyCount: number }
  | { kind: 'unsubscribe'; request: number; channel: string }
  | { kind: 'post'; request: number; channel: string; text: string }
  | { kind: 'post'; request: number; channel: string; binary: Uint8Array; isText: boolean; nearM: number }
  | { kind: 'set-audio'; isMuted: boolean }
  | { kind: 'set-hearing'; wishes: HearingWishes }
  | EntityInput;

/** A checked ClientRealtime. */
export type RealtimeInput =
  { kind: 'pose'; sequence: number; pose: Uint8Array } | { kind: 'ping'; token: number } | EntityMotionInput;

/** A refused request: the failure is told with the request's number. */
export class RequestError extends SessionError {
  constructor(
    readonly request: number,
    failure: SessionError,
  ) {
    super(failure.code, failure.message, { cause: failure.cause });
    this.name = 'RequestError';
  }
}

/** Longest sound in one voice packet, in samples: 60 ms. */
const VOICE_FRAMES_MAX = (SAMPLE_RATE_HZ * 60) / 1_000;
const AGENT_CHARACTERS_MAX = 64;
const MODEL_URL_SCHEMES: ReadonlySet<string> = new Set(['https:', 'http:', 'atp:']);
/** Controls, marks that turn the direction of text, and characters that show nothing: two names must not look alike. */
const NAME_FORBIDDEN =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\uffff\u{e0000}-\u{e0fff}]/u;
const NAME_FORBIDDEN_ALL = new RegExp(NAME_FORBIDDEN.source, 'gu');
/** Without one of these there is nothing to read, only blanks and joiners. */
const NAME_VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Reads one frame of the signalling socket. */
export function readSignal(bytes: Uint8Array): SignalInput {
  const signal = decode('ClientSignal', bytes, SIGNAL_BYTES_MAX);
  if (signal.hello) return readHello(signal.hello);
  if (signal.answer) {
    return { kind: 'answer', generation: signal.answer.generation ?? 0, sdp: signal.answer.sdp ?? '' };
  }
  if (signal.bye) return { kind: 'bye' };
  if (signal.mediaFailed) return { kind: 'media-failed', generation: signal.mediaFailed.generation ?? 0 };
  throw new SessionError('input-malformed', 'The signal has no content that this server knows.');
}

/** Reads one message of the reliable channel. What concerns a numbered request is thrown as a RequestError. */
export function readReliable(bytes: Uint8Array): ReliableInput {
  const message = decode('ClientReliable', bytes, CLIENT_RELIABLE_BYTES_MAX);
  const { editEntities } = message;
  if (editEntities) return asRequest(editEntities.request, (request) => readEdits(request, editEntities));
  const { subscribe, unsubscribe, post } = message;
  if (post) return asRequest(post.request, (request) => readPost(request, post));
  if (isLarge(bytes))
    throw new SessionError('input-too-large', 'Only edits and binary messages may be as large as that.');
  if (message.setInterest) return readInterest(message.setInterest);
  if (message.claimEntity) return readClaim(message.claimEntity);
  if (message.setTraits) return { kind: 'set-traits', traits: readTraits(message.setTraits.traits) };
  if (message.setAudio) return { kind: 'set-audio', isMuted: message.setAudio.muted === true };
  if (message.setHearing) return { kind: 'set-hearing', wishes: readWishes(message.setHearing.wishes) };
  if (subscribe) {
    return asRequest(subscribe.request, (request) => ({
      kind: 'subscribe',
      request,
      channel: readChannel(subscribe.channel),
      historyCount: readHistoryCount(subscribe.historyCount),
    }));
  }
  if (unsubscribe) {
    return asRequest(unsubscribe.request, (request) => ({
      kind: 'unsubscribe',
      request,
      channel: readChannel(unsubscribe.channel),
    }));
  }
  throw new SessionError('input-malformed', 'The message has no content that this server knows.');
}

/** Whether a message of the reliable channel is larger than all but edits of entities and binary messages may be. */
export function isLarge(bytes: Uint8Array): boolean {
  return bytes.length > CLIENT_RELIABLE_SMALL_BYTES_MAX;
}

/** Reads one message of the real-time channel. */
export function readRealtime(bytes: Uint8Array): RealtimeInput {
  const message = decode('ClientRealtime', bytes, CLIENT_REALTIME_BYTES_MAX);
  if (message.poseUpdate) {
    // The view lives as long as the message's bytes, which are the session's own; no copy is needed.
    return {
      kind: 'pose',
      sequence: (message.poseUpdate.sequence ?? 0) & 0xffff,
      pose: readPose(message.poseUpdate.pose),
    };
  }
  if (message.entityMotion) return readMotion(message.entityMotion);
  if (message.ping) return { kind: 'ping', token: (message.ping.token ?? 0) >>> 0 };
  throw new SessionError('input-malformed', 'The message has no content that this server knows.');
}

/** Whether a voice packet is well-formed Opus of a length that mixers take, without decoding it, or samples of one packet. */
export function isVoicePacket({ opus, pcm, injector }: VoiceInput): boolean {
  if (injector && !isInjector(injector)) return false;
  if (pcm) return pcm.length === PCM_MONO_BYTES || pcm.length === PCM_STEREO_BYTES;
  const info = inspectOpusPacket(opus);
  return info !== undefined && info.frames <= VOICE_FRAMES_MAX;
}

function isInjector({ id, pose, gain }: InjectorInput): boolean {
  const isKnown = Number.isInteger(id) && id >= 1 && id <= INJECTORS_PER_SESSION_MAX;
  return isKnown && pose.length === POSE_BYTES_MIN && isPosePrefix(pose) && gain >= 0 && gain <= SOUND_VOLUME_MAX;
}

function readHello(hello: vicinity.v1.Hello.$Properties): SignalInput {
  const version = hello.protocolVersion ?? 0;
  if (version >>> 16 !== PROTOCOL_VERSION >>> 16) {
    throw new SessionError(
      'version-mismatch',
      `This server speaks version ${PROTOCOL_VERSION >>> 16} of the protocol and the client version ${version >>> 16}.`,
    );
  }
  return {
    kind: 'hello',
    world: hello.world ?? '',
    resumeToken: hello.resumeToken ?? '',
    traits: readTraits(hello.traits),
    pose: hello.pose?.length ? Uint8Array.from(readPose(hello.pose)) : undefined,
    // Only for logs: what cannot be printed is left out rather than refused.
    agent: (hello.agent ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, AGENT_CHARACTERS_MAX),
  };
}

function readTraits(traits: vicinity.v1.Traits.$Properties | null | undefined): CheckedTraits {
  const name = (traits?.name ?? '').trim() || 'Guest';
  if (name.length > NAME_CHARACTERS_MAX) {
    throw new SessionError('name-invalid', `A name has at most ${NAME_CHARACTERS_MAX} characters.`);
  }
  if (NAME_FORBIDDEN.test(name) || !NAME_VISIBLE.test(name) || !isWellFormed(name)) {
    throw new SessionError('name-invalid', 'A name can be seen, and has no control characters.');
  }
  const colour = traits?.colour ?? 0;
  if (colour > 0xff_ffff) throw new SessionError('colour-invalid', 'A colour is a number up to 0xffffff.');
  return { name, colour, modelUrl: readModelUrl(traits?.modelUrl ?? '') };
}

/** A name of what somebody calls itself elsewhere, without what names must not have; empty when nothing is left. */
export function nameFrom(text: string): string {
  const clean = text
    .replace(NAME_FORBIDDEN_ALL, '')
    .replace(/\p{Cs}/gu, '')
    .trim();
  // A pair of surrogates that is cut apart is no character.
  const name = clean
    .slice(0, NAME_CHARACTERS_MAX)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
  return NAME_VISIBLE.test(name) ? name : '';
}

/** Whether a model's URL is one that others may be told of. */
export function isModelUrl(text: string): boolean {
  try {
    return readModelUrl(text) !== '';
  } catch {
    return false;
  }
}

function readModelUrl(text: string): string {
  if (text === '') return '';
  const url = text.length <= MODEL_URL_CHARACTERS_MAX && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !MODEL_URL_SCHEMES.has(url.protocol)) {
    throw new SessionError(
      'model-url-invalid',
      `An avatar's model has an https, http or atp URL of at most ${MODEL_URL_CHARACTERS_MAX} characters.`,
    );
  }
  // The parser's own writing of it has neither spaces nor control characters; it may have become longer.
  if (url.href.length > MODEL_URL_CHARACTERS_MAX) {
    throw new SessionError('model-url-invalid', 'The URL of the avatar model is too long when it is escaped.');
  }
  return url.href;
}

function readWishes(wishes: vicinity.v1.HearingWishes.$Properties | null | undefined): HearingWishes {
  try {
    return unpackHearingWishes(wishes);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new SessionError('hearing-invalid', cause.message, { cause });
  }
}

function readPose(pose: Uint8Array | null | undefined): Uint8Array {
  if (!pose || !isPackedPose(pose)) throw new SessionError('pose-invalid', 'These bytes are no pose within the world.');
  return pose;
}

function readChannel(name: string | null | undefined): string {
  if (!name || !isChannelName(name)) {
    throw new SessionError(
      'channel-invalid',
      `A channel has a name of 1 to ${CHANNEL_NAME_CHARACTERS_MAX} characters without control characters.`,
    );
  }
  return name;
}

function readHistoryCount(count: number | null | undefined): number {
  if ((count ?? 0) > HISTORY_COUNT_MAX) {
    throw new SessionError('request-invalid', `At most ${HISTORY_COUNT_MAX} old messages can be asked for.`);
  }
  return count ?? 0;
}

function readPost(request: number, post: vicinity.v1.Post.$Properties): ReliableInput {
  const channel = readChannel(post.channel);
  if (typeof post.text === 'string') {
    if (!isText(post.text)) {
      throw new SessionError('text-invalid', 'A message has 1 to 2,000 characters and no control characters.');
    }
    return { kind: 'post', request, channel, text: post.text };
  }
  const binary = post.binary;
  if (!binary || binary.length < 1 || binary.length > BINARY_BYTES_MAX) {
    throw new SessionError('binary-invalid', `A binary message has 1 to ${BINARY_BYTES_MAX} bytes.`);
  }
  const nearM = post.nearM ?? 0;
  if (!(nearM >= 0 && nearM <= NEAR_M_MAX)) {
    throw new SessionError('request-invalid', `Near is within 0 to ${NEAR_M_MAX} metres.`);
  }
  return { kind: 'post', request, channel, binary: Uint8Array.from(binary), isText: post.binaryIsText === true, nearM };
}

/** Ties whatever is wrong with a numbered request to its number. */
function asRequest(number: number | null | undefined, read: (request: number) => ReliableInput): ReliableInput {
  const request = number ?? 0;
  try {
    return read(request);
  } catch (error) {
    if (error instanceof SessionError) throw new RequestError(request, error);
    throw error;
  }
}

function decode<Name extends MessageName>(name: Name, bytes: Uint8Array, bytesMax: number): MessageOf<Name> {
  try {
    return decodeMessage(name, bytes, bytesMax);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw cause.code === 'wire-too-large'
      ? new SessionError('input-too-large', 'The message is larger than allowed.', { cause })
      : new SessionError('input-malformed', 'The message cannot be read.', { cause });
  }
}
