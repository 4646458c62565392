import {
  CapsuleGeometry,
  Color,
  ConeGeometry,
  CylinderGeometry,
  Group,
  IcosahedronGeometry,
  LatheGeometry,
  Mesh,
  MeshLambertMaterial,
  SphereGeometry,
  TorusGeometry,
  Vector2,
  type BufferGeometry,
} from 'three';
import { join, paint } from '../world/paint.js';

const SKIN_TONES = [0xf6d3b3, 0xe8b98f, 0xc98f63, 0x9c6844, 0x6f4630];
const HAIR_TONES = [0x2e2320, 0x5b3a26, 0x8a5a2f, 0xd0a04e, 0xb9b4ae, 0x7a2e22];
/** Where the neck is; the head turns about it. */
const NECK_M = 1.32;
/** How far hands hang to the side of the middle. */
const HAND_ASIDE_M = 0.36;

interface Position {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A friendly standard body: a coat in the person's colour, a round head, hands and feet that walk. */
export class Body {
  readonly group = new Group();
  private readonly coat: Mesh<BufferGeometry, MeshLambertMaterial>;
  private readonly head = new Group();
  private readonly mouth: Mesh;
  private readonly hands: Mesh[] = [];
  private readonly feet: Mesh[] = [];
  private readonly torso = new Group();
  /** Where hands are that are tracked: left, right. */
  private readonly tracked: Array<Position | undefined> = [undefined, undefined];
  private stride = 0;
  private pace = 0;

  /** @param variety  any number; the same one gives the same hair and skin on every screen */
  constructor(variety: number, colour: number) {
    const pick = (values: readonly number[], salt: number): number =>
      values[(Math.imul(variety ^ salt, 0x9e3779b1) >>> 8) % values.length];
    const skin = pick(SKIN_TONES, 1);
    const hair = pick(HAIR_TONES, 2);
    this.coat = new Mesh(coatGeometry(), new MeshLambertMaterial({ vertexColors: true }));
    const face = new Mesh(
      headGeometry(skin, hair, pick([0, 1, 2, 3, 4], 3)),
      new MeshLambertMaterial({ vertexColors: true }),
    );
    this.mouth = new Mesh(mouthGeometry(), new MeshLambertMaterial({ color: 0x7a3230 }));
    this.mouth.position.set(0, 0.15, -0.232);
    this.head.add(face, this.mouth);
    this.head.position.y = NECK_M;
    const skinMaterial = new MeshLambertMaterial({ color: skin });
    const shoeMaterial = new MeshLambertMaterial({ color: 0x4a3a33 });
    for (const side of [-1, 1]) {
      const hand = new Mesh(handGeometry(), skinMaterial);
      hand.position.set(side * HAND_ASIDE_M, 0.8, 0);
      const foot = new Mesh(footGeometry(), shoeMaterial);
      foot.position.set(side * 0.13, 0.07, -0.03);
      this.hands.push(hand);
      this.feet.push(foot);
    }
    this.torso.add(this.coat, this.head, ...this.hands);
    this.group.add(this.torso, ...this.feet);
    for (const part of [this.coat, face, ...this.hands, ...this.feet]) part.castShadow = true;
    this.coat.receiveShadow = true;
    this.setColour(colour);
  }

  /** Paints the coat. */
  setColour(colour: number): void {
    this.coat.material.color = new Color(colour);
  }

  /** Turns the head relative to the body, in radians; positive looks up, or to the left. */
  turnHead(pitch: number, yaw: number): void {
    this.head.rotation.set(clamp(pitch, -0.7, 0.7), clamp(yaw, -1.2, 1.2), 0, 'YXZ');
  }

  /** Puts hands where they are relative to the body; undefined lets one swing as the body walks. */
  placeHands(left: Position | undefined, right: Position | undefined): void {
    this.tracked[0] = left;
    this.tracked[1] = right;
  }

  /**
   * Moves hands, feet and mouth.
   *
   * @param speed  how fast the body goes, in m/s
   * @param voice  how loud it speaks, 0 to 1
   */
  animate(deltaS: number, timeS: number, speed: number, voice: number): void {
    this.pace += (Math.min(speed / 2.4, 1.7) - this.pace) * Math.min(1, deltaS * 9);
    this.stride += deltaS * (2.2 + this.pace * 7.5);
    const swing = Math.sin(this.stride) * Math.min(1, this.pace);
    const breath = Math.sin(timeS * 1.7) * 0.006;
    this.torso.position.y = Math.abs(Math.cos(this.stride)) * 0.055 * Math.min(1, this.pace) + breath;
    this.torso.rotation.x = -0.07 * Math.min(1.4, this.pace);
    this.torso.rotation.z = swing * 0.025;
    this.hands.forEach((hand, index) => {
      const side = index === 0 ? 1 : -1;
      const place = this.tracked[index];
      if (place) return void hand.position.set(place.x, place.y, place.z);
      hand.position.x = -side * HAND_ASIDE_M;
      hand.position.z = swing * 0.26 * side - 0.03;
      hand.position.y = 0.8 + Math.abs(swing) * 0.06 + breath * 2 + voice * 0.05;
    });
    this.feet.forEach((foot, index) => {
      const side = index === 0 ? -1 : 1;
      foot.position.z = -0.03 + swing * 0.27 * side;
      foot.position.y = 0.07 + Math.max(0, Math.cos(this.stride) * side) * 0.12 * Math.min(1, this.pace);
    });
    this.mouth.scale.set(1 + voice * 0.3, 0.35 + voice * 2.6, 1);
    this.head.position.y = NECK_M + voice * 0.012;
  }

  /** Gives the graphics memory back. Shapes are shared by all bodies and stay. */
  dispose(): void {
    this.group.traverse((part) => {
      if (part instanceof Mesh) (part.material as MeshLambertMaterial).dispose();
    });
  }
}

const shared = new Map<string, BufferGeometry>();

function share(key: string, make: () => BufferGeometry): BufferGeometry {
  let geometry = shared.get(key);
  if (!geometry) shared.set(key, (geometry = make()));
  return geometry;
}

/** White where the person's colour goes: the material's colour multiplies it. */
function coatGeometry(): BufferGeometry {
  return share('coat', () => {
    const outline = [
      [0.0, 0.16],
      [0.27, 0.17],
      [0.3, 0.22],
      [0.285, 0.5],
      [0.25, 0.85],
      [0.225, 1.08],
      [0.17, 1.22],
      [0.09, 1.29],
      [0.0, 1.3],
    ].map(([x, y]) => new Vector2(x, y));
    return join([
      paint(new LatheGeometry(outline, 16), 0xc9c9c9, 0xffffff),
      paint(
        new TorusGeometry(0.125, 0.05, 6, 14)
          .rotateX(Math.PI / 2)
          .scale(1, 0.8, 1)
          .translate(0, 1.25, 0),
        0xf2efe6,
      ),
      ...[0.62, 0.78, 0.94].map((y) =>
        paint(new SphereGeometry(0.022, 6, 5).translate(0, y, -0.285 + (y - 0.62) * 0.12), 0xf7f1df),
      ),
    ]);
  });
}

function headGeometry(skin: number, hair: number, style: number): BufferGeometry {
  return share(`head ${skin} ${hair} ${style}`, () => {
    const parts = [paint(new SphereGeometry(0.25, 16, 12).scale(1, 1.02, 0.96).translate(0, 0.24, 0), skin)];
    for (const side of [-1, 1]) {
      parts.push(
        paint(new SphereGeometry(0.033, 8, 7).scale(1, 1.35, 0.6).translate(side * 0.092, 0.27, -0.222), 0x241c1a),
        paint(new SphereGeometry(0.011, 5, 4).translate(side * 0.092 + 0.012, 0.285, -0.243), 0xffffff),
        paint(new SphereGeometry(0.042, 7, 6).scale(1, 0.7, 0.4).translate(side * 0.15, 0.19, -0.19), blush(skin)),
        paint(new SphereGeometry(0.05, 7, 6).scale(0.6, 1, 0.8).translate(side * 0.247, 0.24, 0), skin),
      );
    }
    return join([...parts, ...hairGeometries(hair, style)]);
  });
}

function hairGeometries(hair: number, style: number): BufferGeometry[] {
  const cap = new SphereGeometry(0.268, 14, 7, 0, Math.PI * 2, 0, Math.PI * 0.47)
    .rotateX(0.38)
    .translate(0, 0.255, 0.016);
  if (style === 0) return [paint(cap, hair)];
  if (style === 1) {
    return [paint(cap, hair), paint(new SphereGeometry(0.11, 10, 8).translate(0, 0.53, 0.09), hair)];
  }
  if (style === 2) {
    // Curls.
    const curls = Array.from({ length: 13 }, (_, i) => {
      const angle = i * 2.4;
      const height = 0.3 + (i / 13) * 0.2;
      const radius = 0.245 * Math.cos((i / 13) * 1.25);
      const z = Math.sin(angle) * radius + 0.05;
      return new IcosahedronGeometry(0.1, 1).translate(Math.cos(angle) * radius, height, z);
    });
    return [paint(cap, hair), ...curls.map((curl) => paint(curl, hair))];
  }
  if (style === 3) {
    // A felt hat.
    return [
      paint(cap, hair),
      paint(new CylinderGeometry(0.39, 0.4, 0.03, 22).rotateX(0.08).translate(0, 0.41, 0), 0x6b5443),
      paint(new ConeGeometry(0.26, 0.34, 18).translate(0, 0.58, 0.02), 0x7c6350),
      paint(new TorusGeometry(0.235, 0.022, 6, 20).rotateX(Math.PI / 2).translate(0, 0.44, 0.01), 0xd8a657),
    ];
  }
  return [
    paint(cap, hair),
    paint(new SphereGeometry(0.25, 12, 8).scale(1.04, 1, 0.62).translate(0, 0.14, 0.115), hair),
  ];
}

function mouthGeometry(): BufferGeometry {
  return share('mouth', () => new SphereGeometry(0.045, 10, 7).scale(1, 0.55, 0.4));
}

function handGeometry(): BufferGeometry {
  return share('hand', () => new SphereGeometry(0.085, 9, 7));
}

function footGeometry(): BufferGeometry {
  return share('foot', () => new CapsuleGeometry(0.075, 0.11, 4, 8).rotateX(Math.PI / 2).scale(1, 0.85, 1));
}

function blush(skin: number): number {
  return new Color(skin).lerp(new Color(0xe0695c), 0.35).getHex();
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
