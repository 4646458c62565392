import { BufferGeometry, Float32BufferAttribute, Group, LineBasicMaterial, LineSegments, Vector3 } from 'three';
import type { EntityVisual, Frame } from '../entity-visual.js';
import type { ShownValues } from '../shown-values.js';

/** Lines in one direction at most. */
const LINES_MAX = 200;
/** A grid that goes with the viewer is seen so far, in metres. */
const FOLLOWED_M = 60;

/** Lines across a floor, in its x and z. */
export class GridVisual implements EntityVisual {
  readonly content = new Group();
  private readonly minor = new LineSegments(new BufferGeometry(), new LineBasicMaterial({ transparent: true }));
  private readonly major = new LineSegments(new BufferGeometry(), new LineBasicMaterial({ transparent: true }));
  private isFollowing = false;
  private stepM = 1;
  private readonly middle = new Vector3();
  private readonly local = new Vector3();

  constructor() {
    this.content.add(this.minor, this.major);
  }

  show(values: ShownValues): void {
    const dimensions = values.vector('dimensions');
    const { middle } = values;
    this.middle.set(middle.x, middle.y, middle.z);
    this.isFollowing = values.truth('followCamera');
    const width = this.isFollowing ? 2 * FOLLOWED_M : dimensions.x;
    const depth = this.isFollowing ? 2 * FOLLOWED_M : dimensions.z;
    const every = Math.max(1, Math.round(values.number('majorGridEvery', 5)));
    const minorM = Math.max(values.number('minorGridEvery', 1), Math.max(width, depth) / LINES_MAX, 0.01);
    this.stepM = minorM * every;
    draw(this.minor, width, depth, minorM, (index) => index % every !== 0);
    draw(this.major, width, depth, minorM, (index) => index % every === 0);
    const alpha = values.number('alpha', 1);
    for (const [lines, share] of [
      [this.minor, 0.45],
      [this.major, 1],
    ] as const) {
      lines.material.color.setHex(values.colour('color'));
      lines.material.opacity = alpha * share;
    }
    this.content.position.copy(this.middle);
  }

  handleFrame({ viewer }: Frame): void {
    const anchor = this.content.parent;
    if (!this.isFollowing || !anchor) return;
    anchor.worldToLocal(this.local.copy(viewer));
    // In whole steps, so that the lines stay where they are.
    this.content.position.set(
      this.middle.x + Math.round((this.local.x - this.middle.x) / this.stepM) * this.stepM,
      this.middle.y,
      this.middle.z + Math.round((this.local.z - this.middle.z) / this.stepM) * this.stepM,
    );
  }

  dispose(): void {
    for (const lines of [this.minor, this.major]) {
      lines.geometry.dispose();
      lines.material.dispose();
    }
  }
}

function draw(
  lines: LineSegments<BufferGeometry, LineBasicMaterial>,
  width: number,
  depth: number,
  stepM: number,
  isWanted: (index: number) => boolean,
): void {
  const points: number[] = [];
  const across = Math.floor(width / 2 / stepM);
  const along = Math.floor(depth / 2 / stepM);
  for (let index = -across; index <= across; index++) {
    if (isWanted(index)) points.push(index * stepM, 0, -depth / 2, index * stepM, 0, depth / 2);
  }
  for (let index = -along; index <= along; index++) {
    if (isWanted(index)) points.push(-width / 2, 0, index * stepM, width / 2, 0, index * stepM);
  }
  lines.geometry.dispose();
  lines.geometry = new BufferGeometry();
  lines.geometry.setAttribute('position', new Float32BufferAttribute(points, 3));
}
