import type { InstanceId, SessionId } from '@app/world';
import { type SessionState, isServed } from '../session/session-state.js';
import { MixerAssignment, type MixerMember } from './mixer-assignment.js';

/** A session, as far as mixers serve it. */
export interface ServedSession {
  readonly id: SessionId;
  readonly state: SessionState;
  /** The mixers that serve it now; set here. */
  audioMixer: InstanceId | undefined;
  avatarMixer: InstanceId | undefined;
  /** A mixer serves it that does not know what it has been told. */
  missNews(): void;
}

/** After which silence mixers of each kind lose their listeners, in ms. */
export interface ServingOptions {
  readonly audioMixerSilenceMsMax: number;
  readonly avatarMixerSilenceMsMax: number;
}

/** What others have to do about it. */
export interface ServingHandlers {
  /** The next roster has to say who serves whom. */
  onChanged(): void;
  /** A mixer has its first listener from us, or one more that another has served: it has to know where everybody is. */
  onNewListener(): void;
  /** A listener was served by another mixer a moment ago. */
  onFailover(kind: 'audio' | 'avatar'): void;
}

/** Decides which mixers serve the sessions of one world: one of each kind for everybody who wants to be served. */
export class Serving {
  private readonly audio: MixerAssignment;
  private readonly avatar: MixerAssignment;

  constructor(
    private readonly sessions: () => Iterable<ServedSession>,
    { audioMixerSilenceMsMax, avatarMixerSilenceMsMax }: ServingOptions,
    private readonly handlers: ServingHandlers,
  ) {
    this.audio = new MixerAssignment({ silenceMsMax: audioMixerSilenceMsMax });
    this.avatar = new MixerAssignment({ silenceMsMax: avatarMixerSilenceMsMax });
  }

  /** Processes have come or gone. */
  setMembers(members: { live(role: string): readonly MixerMember[] }, nowMs: number): void {
    const isAudioChanged = this.audio.setMembers(members.live('audio-mixer'), nowMs);
    const isAvatarChanged = this.avatar.setMembers(members.live('avatar-mixer'), nowMs);
    if (isAudioChanged || isAvatarChanged) this.updateAll(nowMs);
  }

  /** Something came from an audio mixer. */
  hearAudio(mixerId: InstanceId): void {
    this.audio.hear(mixerId);
  }

  /** Something came from an avatar mixer. */
  hearAvatar(mixerId: InstanceId): void {
    this.avatar.hear(mixerId);
  }

  /** One uplink tick. @param elapsedMs  since the last one; 0 when this process or the broker was away meanwhile */
  tick(nowMs: number, elapsedMs: number): void {
    const isAudioChanged = this.audio.tick(nowMs, elapsedMs);
    const isAvatarChanged = this.avatar.tick(nowMs, elapsedMs);
    if (isAudioChanged || isAvatarChanged) this.updateAll(nowMs);
  }

  /** A session wants to be served from now on, or no longer. */
  update(session: ServedSession, nowMs: number): void {
    this.assign(session);
    this.tellServing(nowMs);
  }

  private updateAll(nowMs: number): void {
    for (const session of this.sessions()) this.assign(session);
    this.tellServing(nowMs);
  }

  private assign(session: ServedSession): void {
    const { audioMixer: audioBefore, avatarMixer: avatarBefore } = session;
    const isWanted = isServed(session.state);
    const audioMixer = isWanted ? this.audio.choose(session.id) : undefined;
    const avatarMixer = isWanted ? this.avatar.choose(session.id) : undefined;
    if (isNewTo(this.audio, audioBefore, audioMixer) || isNewTo(this.avatar, avatarBefore, avatarMixer)) {
      this.handlers.onNewListener();
    }
    if (audioMixer === audioBefore && avatarMixer === avatarBefore) return;
    session.audioMixer = audioMixer;
    session.avatarMixer = avatarMixer;
    if (isMove(audioBefore, audioMixer)) this.handlers.onFailover('audio');
    if (isMove(avatarBefore, avatarMixer)) {
      this.handlers.onFailover('avatar');
      // The new one does not know what the old one has told.
      session.missNews();
    }
    this.handlers.onChanged();
  }

  private tellServing(nowMs: number): void {
    const audio = new Set<InstanceId>();
    const avatar = new Set<InstanceId>();
    for (const { audioMixer, avatarMixer } of this.sessions()) {
      if (audioMixer) audio.add(audioMixer);
      if (avatarMixer) avatar.add(avatarMixer);
    }
    this.audio.setServing(audio, nowMs);
    this.avatar.setServing(avatar, nowMs);
  }
}

function isMove(before: InstanceId | undefined, after: InstanceId | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after;
}

/** Whether a listener moves to another mixer, or is the first one that a mixer gets from us. */
function isNewTo(mixers: MixerAssignment, before: InstanceId | undefined, after: InstanceId | undefined): boolean {
  if (after === undefined || after === before) return false;
  return before !== undefined || !mixers.isServing(after);
}
