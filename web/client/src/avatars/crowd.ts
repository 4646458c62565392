import type { Vector3 } from 'three';
import type { RemoteAvatar, SessionId, WorldClient } from '@vicinity/sdk';
import type { WorldScene } from '../world/scene.js';
import { Figure } from './figure.js';

/** Everybody else, as figures in the scene: one for each avatar of the client. */
export class Crowd {
  private readonly figures = new Map<SessionId, Figure>();

  constructor(
    private readonly client: WorldClient,
    private readonly scene: WorldScene,
  ) {
    client.avatars.on('joined', (avatar) => this.add(avatar));
    client.avatars.on('changed', (avatar) => this.figures.get(avatar.sessionId)?.setColour(avatar.traits.colour));
    client.avatars.on('left', (avatar) => this.remove(avatar.sessionId));
  }

  /** Figures that are drawn. */
  get size(): number {
    return this.figures.size;
  }

  /** Moves everybody to where they are now. */
  update(deltaS: number, timeS: number, viewer: Vector3): void {
    const nowMs = this.client.nowMs();
    for (const avatar of this.client.avatars) {
      const pose = avatar.pose(nowMs);
      const figure = this.figures.get(avatar.sessionId);
      if (!pose || !figure) continue;
      const speech = { isSpeaking: avatar.isSpeaking(nowMs), voice: avatar.level(nowMs) };
      figure.update(deltaS, timeS, pose, speech, avatar.name, viewer);
    }
  }

  private add(avatar: RemoteAvatar): void {
    const figure = new Figure(avatar.sessionId, avatar.traits.colour);
    this.figures.set(avatar.sessionId, figure);
    this.scene.add(figure.group);
  }

  private remove(sessionId: SessionId): void {
    const figure = this.figures.get(sessionId);
    if (!figure) return;
    this.figures.delete(sessionId);
    this.scene.remove(figure.group);
    figure.dispose();
  }
}
