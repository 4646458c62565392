/** Injection token of this process's AvatarMixerActor. */
export const AVATAR_MIXER = Symbol('AVATAR_MIXER');
