import { Group, Mesh, MeshBasicMaterial, Quaternion, RingGeometry, Vector3 } from 'three';
import { yawOf } from '@app/spatial';
import type { Pose } from '@vicinity/sdk';
import { Body } from './body.js';
import { NameTag } from './name-tag.js';

const NAME_HEIGHT_M = 2.12;
/** Names further away than this are not drawn. */
const NAME_DISTANCE_M_MAX = 60;
const ringGeometry = new RingGeometry(0.42, 0.5, 40).rotateX(-Math.PI / 2);

/** Somebody as seen in the world: body, name, and a ring of light while they speak. */
export class Figure {
  readonly group = new Group();
  private readonly body: Body;
  private readonly tag = new NameTag();
  private readonly ring = new Mesh(
    ringGeometry,
    new MeshBasicMaterial({ color: 0xffd27a, transparent: true, opacity: 0, depthWrite: false, fog: false }),
  );
  private readonly before = new Vector3();
  private readonly turn = new Quaternion();
  private glow = 0;
  private isPlaced = false;

  constructor(variety: number, colour: number) {
    this.body = new Body(variety, colour);
    this.tag.sprite.position.y = NAME_HEIGHT_M;
    this.ring.position.y = 0.03;
    this.group.add(this.body.group, this.tag.sprite, this.ring);
    this.group.visible = false;
  }

  /** Paints the coat. */
  setColour(colour: number): void {
    this.body.setColour(colour);
  }

  /**
   * Stands, walks, looks and speaks as told.
   *
   * @param voice  how loud, 0 to 1
   * @param name   undefined shows none, as for oneself
   */
  update(
    deltaS: number,
    timeS: number,
    pose: Pose,
    speech: { isSpeaking: boolean; voice: number },
    name: string | undefined,
    viewer: Vector3,
  ): void {
    const { position, orientation } = pose;
    this.group.position.set(position.x, position.y, position.z);
    this.body.group.rotation.y = yawOf(orientation);
    const movedM = Math.hypot(position.x - this.before.x, position.z - this.before.z);
    const speed = this.isPlaced && deltaS > 0 && movedM < 2 ? movedM / deltaS : 0;
    this.before.set(position.x, position.y, position.z);
    this.isPlaced = true;
    this.group.visible = true;
    if (pose.head) {
      const { x, y, z, w } = pose.head.orientation;
      const { pitch, yaw } = anglesOf(this.turn.set(x, y, z, w));
      this.body.turnHead(pitch, yaw);
    } else this.body.turnHead(0, 0);
    this.body.placeHands(pose.leftHand?.position, pose.rightHand?.position);
    this.body.animate(deltaS, timeS, speed, speech.voice);
    this.showSpeech(deltaS, speech);
    const distanceM = viewer.distanceTo(this.group.position);
    this.tag.sprite.visible = name !== undefined && distanceM < NAME_DISTANCE_M_MAX;
    if (name !== undefined) {
      this.tag.show(name, speech.isSpeaking);
      this.tag.scaleFor(distanceM);
    }
  }

  /** Hides the body, as in first person. */
  setVisible(isVisible: boolean): void {
    this.group.visible = isVisible;
  }

  dispose(): void {
    this.body.dispose();
    this.tag.dispose();
    this.ring.material.dispose();
  }

  private showSpeech(deltaS: number, speech: { isSpeaking: boolean; voice: number }): void {
    const wanted = speech.isSpeaking ? 0.45 + speech.voice * 0.55 : 0;
    this.glow += (wanted - this.glow) * Math.min(1, deltaS * 10);
    this.ring.visible = this.glow > 0.02;
    this.ring.material.opacity = this.glow * 0.9;
    this.ring.scale.setScalar(1 + speech.voice * 0.35);
  }
}

/** How far a rotation looks up and to the left; roll is left out. */
function anglesOf({ x, y, z, w }: Quaternion): { pitch: number; yaw: number } {
  return {
    pitch: Math.asin(Math.min(1, Math.max(-1, 2 * (w * x - y * z)))),
    yaw: Math.atan2(2 * (w * y + x * z), 1 - 2 * (x * x + y * y)),
  };
}
