/** Injection token of this process's MixerActor. */
export const MIXER = Symbol('MIXER');
