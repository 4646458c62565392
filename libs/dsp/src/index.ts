export {
  energyOf,
  floatToPcm16,
  HISTORY_FRAMES,
  peakOf,
  planarToPcm16,
  SILENCE_PEAK,
  SOURCE_STRIDE,
} from './audio-block.js';
export { applyGainRamp, crossFade } from './gain-ramp.js';
export { DistanceAttenuation, type DistanceAttenuationOptions, REFERENCE_DISTANCE_M } from './distance-attenuation.js';
export { EAR_DELAY_FRAMES_MAX, earDelayFrames, HEAD_RADIUS_M, SPEED_OF_SOUND_M_S } from './ear-delay.js';
export { earLevel, farShadowGain, headShadow, ShadowLowpass } from './head-shadow.js';
export { Limiter } from './limiter.js';
export { LevelMeter } from './level-meter.js';
export { JitterBuffer, JITTER_PACKETS_MAX, type BufferedPacket, type PushResult } from './jitter-buffer.js';
export { JitterEstimate } from './jitter-estimate.js';
export { LossConcealment, CONCEALED_IN_A_ROW_MAX } from './loss-concealment.js';
export { OutburstGuard } from './outburst-guard.js';
export { RecoveryPolicy } from './recovery-policy.js';
export { StreamTrust } from './stream-trust.js';
export { SampleQueue } from './sample-queue.js';
export { lengthen, shorten, STRETCH_FRAMES_MAX, STRETCH_FRAMES_MIN, STRETCH_LOOK_FRAMES } from './time-stretch.js';
export { DECODED_FRAMES_MAX, type PacketDecoder } from './packet-decoder.js';
export { DTX_BYTES_MAX, type PlayoutStatistics, VoicePlayout } from './voice-playout.js';
export { createSpatialEngine } from './create-spatial-engine.js';
export { SceneEngine } from './scene/scene-engine.js';
export {
  NO_SLOT,
  PAIR_GAIN_MAX,
  type SourceReach,
  type SpatialCounts,
  type SpatialEngine,
  type SpatialEngineOptions,
  type SpatialQuality,
} from './scene/spatial-engine.js';
export { ZoneMap } from './scene/zone-map.js';
export { WasmPlanRenderer } from './mix/wasm-plan-renderer.js';
export { NoiseGate } from './noise-gate.js';
export type { AudioZone, ZonePair, ZoneReverb } from './scene/audio-zone.js';
