export { peakOf, SILENCE_PEAK } from './audio-block.js';
export { applyGainRamp } from './gain-ramp.js';
export { NoiseGate } from './noise-gate.js';
export type { PacketDecoder } from './packet-decoder.js';
export { PcmDecoder } from './pcm-decoder.js';
export { StereoHalver } from './resample/stereo-halver.js';
export { type PlayoutStatistics, VoicePlayout } from './voice-playout.js';
export { createSpatialEngine } from './create-spatial-engine.js';
export type { AudioZone, ZonePair, ZoneReverb } from './scene/audio-zone.js';
export { SceneEngine } from './scene/scene-engine.js';
export {
  BED_ANGLE_RAD_FINEST,
  NO_SLOT,
  type SourceKind,
  type SourceReach,
  type SpatialCounts,
  type SpatialEngine,
  type SpatialEngineOptions,
  type SpatialQuality,
} from './scene/spatial-engine.js';
export { ZoneMap } from './scene/zone-map.js';
export { WasmPlanRenderer } from './mix/wasm-plan-renderer.js';
