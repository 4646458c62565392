import type { SessionId } from '@app/world';

/** How the client is doing; plain data, ready for JSON. */
export interface ClientStats {
  sessionId: SessionId | undefined;
  gatewayId: string | undefined;
  state: string;
  /** Round trip to the gateway on the realtime channel, in ms. */
  rttMs: number | undefined;
  /** Median age of the poses that arrived in the last seconds: the server's share plus the round trip, in ms. */
  poseDelayMs: number | undefined;
  /** Messages of the server that could not be decoded and were dropped. */
  malformedCount: number;
  avatars: AvatarStats[];
  audio: AudioStats | undefined;
  microphone: { isSending: boolean; level: number; packetsSent: number | undefined };
}

/** How one avatar is doing. */
export interface AvatarStats {
  sessionId: SessionId;
  name: string;
  /** Poses per second over the last two seconds. */
  updateRateHz: number;
  /** How far in the past it is shown, in ms. */
  shownDelayMs: number;
  isSpeaking: boolean;
}

/** How the mix arrives, counted since the media link was made. */
export interface AudioStats {
  packetsReceived: number;
  packetsLost: number;
  /** Samples that were invented because a packet was late or lost. */
  concealedSamples: number;
  jitterMs: number;
  /** Mean time that samples wait in the browser's jitter buffer, in ms. */
  jitterBufferMs: number | undefined;
  /** 0 to 1. */
  level: number | undefined;
}

/** What the browser says about the mix and the microphone of one PeerConnection. */
export async function readAudioStats(
  peer: RTCPeerConnection,
): Promise<{ audio: AudioStats | undefined; packetsSent: number | undefined }> {
  let audio: AudioStats | undefined;
  let packetsSent: number | undefined;
  const report = await peer.getStats();
  // RTCStatsReport is a map of dictionaries whose type depends on their `type` field.
  report.forEach((entry: Record<string, unknown>) => {
    if (entry.type === 'inbound-rtp' && entry.kind === 'audio') audio = asAudioStats(entry);
    if (entry.type === 'outbound-rtp' && entry.kind === 'audio') packetsSent = numberOf(entry.packetsSent);
  });
  return { audio, packetsSent };
}

function asAudioStats(entry: Record<string, unknown>): AudioStats {
  const delayS = numberOf(entry.jitterBufferDelay);
  const emitted = numberOf(entry.jitterBufferEmittedCount);
  return {
    packetsReceived: numberOf(entry.packetsReceived) ?? 0,
    packetsLost: numberOf(entry.packetsLost) ?? 0,
    concealedSamples: numberOf(entry.concealedSamples) ?? 0,
    jitterMs: (numberOf(entry.jitter) ?? 0) * 1_000,
    jitterBufferMs: delayS !== undefined && emitted ? (delayS / emitted) * 1_000 : undefined,
    level: numberOf(entry.audioLevel),
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
