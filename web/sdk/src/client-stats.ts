import type { SessionId } from '@app/world';

/** How the client is doing; plain data, ready for JSON. */
export interface ClientStats extends MediaStats {
  /** 0 before the server has given one. */
  sessionId: SessionId;
  /** Empty before the first connection. */
  gatewayId: string;
  state: string;
  /** Round trip to the gateway on the realtime channel, in ms. */
  rttMs: number | undefined;
  /** Median age of the poses that arrived in the last seconds: the server's share plus the round trip, in ms. */
  poseDelayMs: number | undefined;
  /** Messages of the server that could not be decoded and were dropped. */
  malformedCount: number;
  avatars: AvatarStats[];
  /** Whether sound leaves this computer now. */
  isSending: boolean;
  /** Root mean square, 0 to 1. */
  microphoneLevel: number;
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

/** How sound travels, counted since the media link was made. */
export interface MediaStats {
  /** Packets of the mix. */
  packetsReceived: number;
  packetsLost: number;
  /** Samples of the mix that were invented because a packet was late or lost. */
  concealedSamples: number;
  jitterMs: number | undefined;
  /** Mean time that samples wait in the browser's jitter buffer, in ms. */
  jitterBufferMs: number | undefined;
  /** Level of the mix, 0 to 1. */
  mixLevel: number | undefined;
  /** Packets of the microphone. */
  packetsSent: number;
}

/** What the browser says about the mix and the microphone of one PeerConnection. */
export async function readMediaStats(peer: RTCPeerConnection): Promise<MediaStats> {
  let inbound: Record<string, unknown> = {};
  let outbound: Record<string, unknown> = {};
  const report = await peer.getStats();
  // RTCStatsReport is a map of dictionaries whose type depends on their `type` field.
  report.forEach((entry: Record<string, unknown>) => {
    if (entry.type === 'inbound-rtp' && entry.kind === 'audio') inbound = entry;
    if (entry.type === 'outbound-rtp' && entry.kind === 'audio') outbound = entry;
  });
  const jitterS = numberOf(inbound.jitter);
  const delayS = numberOf(inbound.jitterBufferDelay);
  const emitted = numberOf(inbound.jitterBufferEmittedCount);
  return {
    packetsReceived: numberOf(inbound.packetsReceived) ?? 0,
    packetsLost: numberOf(inbound.packetsLost) ?? 0,
    concealedSamples: numberOf(inbound.concealedSamples) ?? 0,
    jitterMs: jitterS === undefined ? undefined : jitterS * 1_000,
    jitterBufferMs: delayS !== undefined && emitted ? (delayS / emitted) * 1_000 : undefined,
    mixLevel: numberOf(inbound.audioLevel),
    packetsSent: numberOf(outbound.packetsSent) ?? 0,
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
