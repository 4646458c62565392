import type { Entity } from '@app/entities';
import { processCpuMs } from '@app/clock';
import { decodeMessage, encodeMessage, type MessageOf, type vicinity } from '@app/wire';
import { ENTITY_TICK_MS, type EntityProperties, type Vec3 } from '@app/world';
import { INTEREST_DEFAULTS, WorldInterest } from '../apps/entity-server/src/interest/index.js';
import { type BenchReport, describeMachine, describeVersions, type Figure } from './bench-report.js';
import { seeded } from '../apps/cli/src/bots/speech-synthesis.js';

/** Edge of the square on which entities stand, in metres: as dense as a small town full of things. */
const FIELD_M = 4_000;
/** What viewers ask for, in metres. */
const RADIUS_M = 200;
const WALK_MPS = 1.4;
const BEGIN_MS = 1_800_000_000_000;
const SERVER = 'entity-server-bench';
/** What a viewer may cost: 200 of them below a quarter of a core. */
const CPU_TARGET_MS_PER_S = 250;

/** `npm run bench -- interest [--quick]`: who is told what about entities, without broker and network. */
export function run(args: string[]): BenchReport {
  const unknown = args.find((arg) => arg !== '--quick');
  if (unknown) throw new Error(`The benchmark of interest does not know the option ${unknown}.`);
  return {
    bench: 'interest',
    machine: describeMachine(),
    versions: describeVersions(),
    conditions: INTEREST_CONDITIONS,
    figures: measureInterest(args.includes('--quick')),
  };
}

/** What somebody else needs to know to measure the same. */
export const INTEREST_CONDITIONS: Record<string, string | number> = {
  'interest, world': `100,000 entities of 5 cm to 20 m on ${FIELD_M} m x ${FIELD_M} m, one in ten on another one`,
  'interest, viewers': `all walk at ${WALK_MPS} m/s, radius ${RADIUS_M} m, turning views, tables at 10 Hz, 30 ticks a second`,
  'interest, first fill': '10,000 entities, all within the radius, 1 MiB/s for each viewer',
};

/** Figures of interest; takes about 20 s, `isQuick` about 5 s. */
export function measureInterest(isQuick = false): Figure[] {
  const seconds = isQuick ? 2 : 10;
  return [...measureWalking(seconds), ...measureMoving(seconds), ...measureFirstFill()];
}

/** CPU of viewers who walk through a large world. */
function measureWalking(seconds: number): Figure[] {
  const world = new BenchWorld(100_000, FIELD_M);
  return [10, 100, 200].flatMap((viewerCount) => {
    const scene = new BenchScene(world, viewerCount, RADIUS_M);
    scene.run(8);
    const before = scene.bytes;
    const cpuMsPerS = scene.run(seconds);
    const bytesPerS = (scene.bytes - before) / seconds / viewerCount;
    return [
      {
        name: `entities.viewer_cpu_ms_per_s.v${viewerCount}`,
        value: cpuMsPerS,
        unit: 'ms/s',
        ...(viewerCount === 200 ? { target: CPU_TARGET_MS_PER_S } : {}),
      },
      { name: `entities.viewer_bytes_per_s.walking.v${viewerCount}`, value: bytesPerS, unit: 'B/s' },
    ];
  });
}

/** Bytes for a viewer who stands among a thousand moving entities. */
function measureMoving(seconds: number): Figure[] {
  const world = new BenchWorld(1_000, 300);
  return (['dead_reckoned', 'edited', 'simulated'] as const).flatMap((kind) => {
    const scene = new BenchScene(world, 20, 1_000);
    scene.walkMps = 0;
    if (kind === 'dead_reckoned') world.moveAll(scene, 1_000);
    scene.run(4);
    const before = scene.bytes;
    if (kind === 'edited') scene.beforeTick = () => world.moveAll(scene, 1_000 / 30);
    if (kind === 'simulated') scene.beforeTick = () => world.simulate(scene);
    const cpuMsPerS = scene.run(seconds);
    const value = (scene.bytes - before) / seconds / 20;
    return [
      { name: `entities.viewer_bytes_per_s.moving1000.${kind}`, value, unit: 'B/s' },
      { name: `entities.viewer_cpu_ms_per_s.moving1000.${kind}.v20`, value: cpuMsPerS, unit: 'ms/s' },
    ];
  });
}

/** How long a joiner waits, in a world that it has not seen. */
function measureFirstFill(): Figure[] {
  const world = new BenchWorld(10_000, 500);
  const scene = new BenchScene(world, 1, 1_000);
  let first100Ms = NaN;
  let everythingMs = NaN;
  const seen = { states: 0 };
  scene.onNews = ({ states, isEverything }) => {
    seen.states += states.length;
    if (Number.isNaN(first100Ms) && seen.states >= 100) first100Ms = scene.nowMs;
    if (isEverything && Number.isNaN(everythingMs)) everythingMs = scene.nowMs;
  };
  const cpuMs = scene.run(10) * 10;
  return [
    { name: 'entities.first100_ms', value: first100Ms, unit: 'ms', target: ENTITY_TICK_MS },
    { name: 'entities.everything_ms.n10000', value: everythingMs, unit: 'ms' },
    { name: 'entities.everything_bytes.n10000', value: scene.bytes, unit: 'B' },
    { name: 'entities.everything_cpu_ms.n10000', value: cpuMs, unit: 'ms' },
  ];
}

/** Entities on a square field. */
class BenchWorld {
  readonly entities: Entity[] = [];
  private readonly chance = seeded(7);
  private next = 0;

  constructor(count: number, fieldM: number) {
    for (let i = 0; i < count; i++) this.entities.push(this.draw(i, fieldM));
  }

  /** Somebody throws the next `count` entities in another direction: a hundred edits in a record. */
  moveAll(scene: BenchScene, count: number): void {
    const changes = Array.from({ length: Math.round(count) }, () => {
      const index = this.next++ % this.entities.length;
      const before = this.entities[index];
      const velocity = { x: this.chance() - 0.5, y: 0, z: this.chance() - 0.5 };
      const properties: EntityProperties = { ...before.properties, velocity };
      const sequence = before.sequence + 1;
      const after = { ...before, properties, sequence, revision: sequence, movedAtMs: scene.wallMs };
      this.entities[index] = after;
      return { id: before.id, before, after };
    });
    scene.interest.handleChanges(changes, this.entities[0].sequence);
  }

  /** Two hundred bodies that fall about. */
  simulate(scene: BenchScene): void {
    const motions = this.entities.slice(0, 200).map(({ id, properties }) => {
      const { x, y, z } = properties.position as unknown as Vec3;
      const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
      return { id: bytes, atMs: scene.wallMs, x: x + this.chance(), y, z, rotationW: 1, velocityX: 1, velocityY: 2 };
    });
    scene.interest.handleMotions({ serverId: 'entity-server-physics', motions }, scene.nowMs);
  }

  private draw(index: number, fieldM: number): Entity {
    const { chance } = this;
    const sizeM = 0.05 * 400 ** chance();
    const isChild = index > 0 && chance() < 0.1;
    const span = isChild ? 5 : fieldM;
    const author = { sessionId: 7, name: 'Ada' };
    return {
      id: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
      type: 'Box',
      properties: {
        name: `thing ${index}`,
        position: { x: span * chance(), y: 5 * chance(), z: span * chance() },
        rotation: { x: 0, y: 0, z: 0, w: 1 },
        dimensions: { x: sizeM, y: sizeM, z: sizeM },
        color: { red: index % 256, green: 20, blue: 200 },
        ...(isChild ? { parentID: this.entities[Math.floor(chance() * index)].id } : {}),
      },
      revision: 1,
      sequence: 1,
      createdAtMs: BEGIN_MS,
      editedAtMs: BEGIN_MS,
      movedAtMs: BEGIN_MS,
      createdBy: author,
      editedBy: author,
    };
  }
}

/** Viewers of one gateway in a world, tick by tick. */
class BenchScene {
  readonly interest: WorldInterest;
  nowMs = 0;
  bytes = 0;
  walkMps = WALK_MPS;
  beforeTick: (() => void) | undefined;
  onNews: ((news: vicinity.v1.EntityNews) => void) | undefined;
  private readonly chance = seeded(11);
  private readonly places: Vec3[];

  constructor(
    world: BenchWorld,
    viewerCount: number,
    private readonly radiusM: number,
  ) {
    this.interest = new WorldInterest(SERVER, INTEREST_DEFAULTS, (_, message) => this.take(message));
    this.interest.handleWorld({ entities: () => world.entities, lastSequence: 1 }, this.wallMs);
    const fieldM = world.entities.length === 100_000 ? FIELD_M : 300;
    this.places = Array.from({ length: viewerCount }, () => ({
      x: fieldM * this.chance(),
      y: 0,
      z: fieldM * this.chance(),
    }));
  }

  get wallMs(): number {
    return BEGIN_MS + this.nowMs;
  }

  /** Runs for some seconds of the world's time; gives the CPU time for each of them, in ms. */
  run(seconds: number): number {
    let cpuMs = 0;
    for (let tick = 0; tick < seconds * 30; tick++) {
      const table = tick % 3 === 0 ? this.walk() : undefined;
      const before = processCpuMs();
      this.beforeTick?.();
      if (table) this.interest.handleTable(table, this.nowMs);
      this.nowMs += ENTITY_TICK_MS;
      this.interest.tick(this.nowMs, this.wallMs, true);
      cpuMs += processCpuMs() - before;
    }
    return cpuMs / seconds;
  }

  /** A table as it comes from the gateway. */
  private walk(): MessageOf<'EntityInterestTable'> {
    const entries = this.places.map((place, index) => {
      const heading = index + this.nowMs / 20_000;
      place.x += 0.1 * this.walkMps * Math.cos(heading);
      place.z += 0.1 * this.walkMps * Math.sin(heading);
      const view = {
        position: place,
        direction: { x: Math.cos(heading), y: 0, z: Math.sin(heading) },
        halfAngleRad: 1,
      };
      // Views are told five times a second.
      const generation = 1 + Math.floor(this.nowMs / 200);
      const interest = { generation, radiusM: this.radiusM, views: [view] };
      return { sessionId: index + 1, serverId: SERVER, stay: 1, position: place, interest };
    });
    const table = encodeMessage('EntityInterestTable', { gatewayId: 'gateway-bench', entries, isComplete: true });
    return decodeMessage('EntityInterestTable', table);
  }

  private take(message: Uint8Array): void {
    if (!this.onNews) {
      this.bytes += message.length;
      return;
    }
    for (const { reliable } of decodeMessage('EntityDownlink', message).payloads) {
      this.bytes += reliable?.length ?? 0;
      const news = reliable?.length ? decodeMessage('ServerReliable', reliable).entityNews : undefined;
      if (news) this.onNews(news as vicinity.v1.EntityNews);
    }
  }
}
