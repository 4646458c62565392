import type { Counter, Gauge, Histogram, Metrics } from '@app/runtime';

/** Numbers of this role; docs/operating.md says what they mean to an operator. */
export interface AudioMixerMetrics {
  tickMs: Histogram;
  latenessMs: Histogram;
  skippedTicks: Counter;
  failedTicks: Counter;
  listeners: Gauge;
  hearing: Gauge;
  sources: Gauge;
  sounding: Gauge;
  gated: Gauge;
  pairs: Gauge;
  beds: Gauge;
  sounds: Gauge;
  soundLoads: Counter;
  soundMemoryBytes: Gauge;
  load: Gauge;
  sheddingLevel: Gauge;
  quality: Gauge;
  jitterTargetMs: Gauge;
  packetsIn: Counter;
  packetsOut: Counter;
  bytesIn: Counter;
  bytesOut: Counter;
  encodesSaved: Counter;
  voicePackets: Counter;
  concealedMs: Counter;
  stretchedMs: Counter;
  dropped: Counter;
}

const TICK_BUCKETS_MS = [0.5, 1, 2, 4, 8, 12, 16, 18, 20, 30, 50];

/** Declares them, all with the prefix of the server. */
export function audioMixerMetrics(metrics: Metrics): AudioMixerMetrics {
  return {
    tickMs: metrics.histogram('audio_tick_ms', 'Time that one tick took; 20 is the whole tick.', TICK_BUCKETS_MS),
    latenessMs: metrics.histogram('audio_tick_lateness_ms', 'How late ticks began.', TICK_BUCKETS_MS),
    skippedTicks: metrics.counter('audio_ticks_skipped_total', 'Ticks that were left out because of lateness.'),
    failedTicks: metrics.counter('audio_ticks_failed_total', 'Ticks that ended with an error.'),
    listeners: metrics.gauge('audio_listeners', 'Sessions that this mixer mixes for.'),
    hearing: metrics.gauge('audio_listeners_hearing', 'Listeners who got a packet in the last tick.'),
    sources: metrics.gauge('audio_sources', 'Voices that have a decoder.'),
    sounding: metrics.gauge('audio_sources_sounding', 'Voices that sounded in the last tick.'),
    gated: metrics.gauge('audio_sources_gated', 'Voices that the noise gate kept out in the last tick.'),
    pairs: metrics.gauge('audio_pairs', 'Voices and beds in ears in the last tick, and those left out.', ['kind']),
    beds: metrics.gauge('audio_beds', 'Parts of the crowd summed once for everybody in the last tick.'),
    sounds: metrics.gauge('audio_sounds', 'Sounds in the worlds that are known, and those somebody heard.', ['kind']),
    soundLoads: metrics.counter('audio_sound_loads_total', 'Sound files that were loaded, or why not.', ['outcome']),
    soundMemoryBytes: metrics.gauge('audio_sound_memory_bytes', 'Memory of decoded sounds.'),
    load: metrics.gauge('audio_load', 'Share of the tick that is used, smoothed; time that others took is left out.'),
    sheddingLevel: metrics.gauge('audio_shedding_level', 'How much quality is given up; 0 is none.'),
    quality: metrics.gauge('audio_quality', 'What listeners get at most at present.', ['kind']),
    jitterTargetMs: metrics.gauge('audio_jitter_target_ms', 'Delay that jitter buffers aim for.', ['quantile']),
    packetsIn: metrics.counter('audio_packets_in_total', 'Voice packets that arrived.'),
    packetsOut: metrics.counter('audio_packets_out_total', 'Mix packets sent.'),
    bytesIn: metrics.counter('audio_bytes_in_total', 'Bytes of voice packets that arrived.'),
    bytesOut: metrics.counter('audio_bytes_out_total', 'Bytes of mix packets sent.'),
    encodesSaved: metrics.counter(
      'audio_encodes_saved_total',
      'Mixes that were not encoded, because somebody else hears the same.',
    ),
    voicePackets: metrics.counter('audio_voice_packets_total', 'What became of voice packets.', ['fate']),
    concealedMs: metrics.counter('audio_concealed_ms_total', 'Sound invented for lost packets.'),
    stretchedMs: metrics.counter('audio_stretched_ms_total', 'Sound left out or repeated to keep delays right.'),
    dropped: metrics.counter('audio_dropped_total', 'What could not be used, by reason.', ['reason']),
  };
}
