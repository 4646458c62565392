// Where everything lies, and the coefficients of the filters. Told once, before anything else is called.

export let sourcesArea: usize = 0;
export let bedsArea: usize = 0;
export let planArea: usize = 0;
export let statusArea: usize = 0;
export let mixesArea: usize = 0;
export let pcmArea: usize = 0;
export let reverbParametersArea: usize = 0;
export let sourceStatesArea: usize = 0;
export let listenerStatesArea: usize = 0;
export let reverbStatesArea: usize = 0;
export let scratchArea: usize = 0;

/** Byte addresses, in the order of MixAreas. */
export function configure(
  sources: usize,
  beds: usize,
  plan: usize,
  status: usize,
  mixes: usize,
  pcm: usize,
  reverbParameters: usize,
  sourceStates: usize,
  listenerStates: usize,
  reverbStates: usize,
  scratch: usize,
): void {
  sourcesArea = sources;
  bedsArea = beds;
  planArea = plan;
  statusArea = status;
  mixesArea = mixes;
  pcmArea = pcm;
  reverbParametersArea = reverbParameters;
  sourceStatesArea = sourceStates;
  listenerStatesArea = listenerStates;
  reverbStatesArea = reverbStates;
  scratchArea = scratch;
}

/** The head's lowpass: value = feed * (sample + sample before) + keep * value before. */
export let lowpassFeed: f32 = 0;
export let lowpassKeep: f32 = 0;
/** The resonator of planes 2 and 3, see src/hrtf/basis-filters.ts. */
export let resonatorA1: f32 = 0;
export let resonatorA2: f32 = 0;
export let resonatorA3: f32 = 0;
export let resonatorBandGain: f32 = 0;

/** Coefficients of the filters. */
export function configureFilters(feed: f64, keep: f64, a1: f64, a2: f64, a3: f64, bandGain: f64): void {
  lowpassFeed = <f32>feed;
  lowpassKeep = <f32>keep;
  resonatorA1 = <f32>a1;
  resonatorA2 = <f32>a2;
  resonatorA3 = <f32>a3;
  resonatorBandGain = <f32>bandGain;
}
