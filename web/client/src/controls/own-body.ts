import { yawOf } from '@app/spatial';
import { colourOf, EYE_HEIGHT_M, type Pose, type Vec3, type WorldClient } from '@vicinity/sdk';
import { Figure } from '../avatars/figure.js';
import type { WorldScene } from '../world/scene.js';
import { CameraRig } from './camera-rig.js';
import { readGamepad } from './gamepad.js';
import type { Keyboard } from './keyboard.js';
import type { PointerLook } from './pointer-look.js';
import type { Solid } from './solids.js';
import type { TouchStick } from './touch-stick.js';
import { walk, type WalkIntent, type WalkState } from './walker.js';

/** How fast keys turn the view, in radians per second. */
const KEY_TURN_RAD_PER_S = 2.1;

/**
 * This person in the world: reads the controls, walks, carries the camera, tells the client where it stands.
 *
 * The client's local avatar is the truth. Whoever else moves it (a script, a test) is obeyed: the body only writes a pose
 * when the controls have changed something.
 */
export class OwnBody {
  readonly rig: CameraRig;
  private figure: Figure | undefined;
  private readonly state: WalkState = { x: 0, y: 0, z: 0, velocityX: 0, velocityY: 0, velocityZ: 0 };
  private lastPose: Pose | undefined;
  private lastYaw = 0;
  private lastPitch = 0;

  constructor(
    private readonly client: WorldClient,
    private readonly scene: WorldScene,
    private readonly controls: { keyboard: Keyboard; look: PointerLook; stick: TouchStick },
    /** What people have built around a place. */
    private readonly solidsNear: (feet: Vec3) => readonly Solid[],
    /** The view stands where the body is, exactly, and the body is not shown. */
    private readonly isStill = false,
  ) {
    this.rig = new CameraRig(scene.camera);
  }

  /** Steps into the world: from now on the controls move this body. */
  appear(): void {
    this.vanish();
    if (!this.isStill) {
      this.figure = new Figure(this.client.sessionId, this.colour());
      this.scene.add(this.figure.group);
    }
    this.adopt(this.client.localAvatar.pose);
  }

  /** Leaves the world. */
  vanish(): void {
    if (!this.figure) return;
    this.scene.remove(this.figure.group);
    this.figure.dispose();
    this.figure = undefined;
  }

  /** Shows the colour that was chosen meanwhile. */
  repaint(): void {
    this.figure?.setColour(this.colour());
  }

  /** One frame. */
  update(deltaS: number, timeS: number): void {
    const { look } = this.controls;
    const { localAvatar } = this.client;
    if (localAvatar.pose !== this.lastPose) this.adopt(localAvatar.pose);
    if (this.isStill) return this.rig.stand(localAvatar.pose.position, look);
    const intent = this.readControls(deltaS);
    const { obstacles } = this.scene;
    const solids = this.solidsNear(this.state);
    const hasMoved = walk(this.state, intent, look.yaw, deltaS, obstacles, solids);
    const hasTurned = look.yaw !== this.lastYaw || look.pitch !== this.lastPitch;
    if (hasMoved || hasTurned) this.tell();
    this.rig.update(localAvatar.pose.position, look, deltaS, obstacles, solids);
    this.show(deltaS, timeS);
  }

  private readControls(deltaS: number): WalkIntent {
    const { keyboard, look, stick } = this.controls;
    const intent: WalkIntent = { forward: 0, right: 0, isRunning: false, wantsJump: false };
    keyboard.addTo(intent);
    stick.addTo(intent);
    readGamepad(intent, look, deltaS);
    look.turn(keyboard.turnLeft * KEY_TURN_RAD_PER_S * deltaS, 0);
    return intent;
  }

  private tell(): void {
    const { look } = this.controls;
    const { x, y, z } = this.state;
    const [halfYaw, halfPitch] = [look.yaw / 2, look.pitch / 2];
    const pose: Pose = {
      position: { x, y, z },
      orientation: { x: 0, y: Math.sin(halfYaw), z: 0, w: Math.cos(halfYaw) },
      // The body only turns about the vertical; the head nods on it.
      head: {
        position: { x: 0, y: EYE_HEIGHT_M, z: 0 },
        orientation: { x: Math.sin(halfPitch), y: 0, z: 0, w: Math.cos(halfPitch) },
      },
    };
    this.client.localAvatar.setPose(pose);
    this.lastPose = pose;
    this.lastYaw = look.yaw;
    this.lastPitch = look.pitch;
  }

  private adopt(pose: Pose): void {
    Object.assign(this.state, pose.position, { velocityX: 0, velocityY: 0, velocityZ: 0 });
    this.controls.look.yaw = yawOf(pose.orientation);
    this.lastYaw = this.controls.look.yaw;
    this.lastPitch = this.controls.look.pitch;
    this.lastPose = pose;
  }

  private show(deltaS: number, timeS: number): void {
    const { microphone, localAvatar } = this.client;
    const isSpeaking = microphone.isSpeaking();
    const voice = isSpeaking ? Math.min(1, microphone.level() * 6) : 0;
    this.figure?.update(deltaS, timeS, localAvatar.pose, { isSpeaking, voice }, undefined, this.scene.camera.position);
    this.figure?.setVisible(!this.rig.isInHead);
  }

  private colour(): number {
    return this.client.localAvatar.traits.colour || colourOf(this.client.sessionId);
  }
}
