import { type Entity, type EntityAuthor, type EntityEdit, EntityWorld } from '@app/entities';
import { PrometheusMetrics } from '@app/runtime';
import { SimClock } from '@app/testing';
import { entityIdToBytes, type vicinity } from '@app/wire';
import type { EntityId, EntityProperties, Motion } from '@app/world';
import { HeardMotions } from '../src/physics/heard-motions.js';
import { loadPhysicsEngine } from '../src/physics/physics-engine.js';
import { physicsMetrics } from '../src/physics/physics.metrics.js';
import { Simulation } from '../src/physics/simulation.js';

type MotionFields = vicinity.v1.EntityMotion.$Properties;

const ADA: EntityAuthor = { sessionId: 7, name: 'Ada' };

/** Something that falls like a stone, without anything else that slows it. */
export const STONE: EntityProperties = {
  dynamic: true,
  gravity: { x: 0, y: -9.8, z: 0 },
  dimensions: { x: 1, y: 1, z: 1 },
  damping: 0,
  angularDamping: 0,
};

/** A vector as a property. */
export function at(x: number, y: number, z: number): { x: number; y: number; z: number } {
  return { x, y, z };
}

/** One world, its log in memory, and a simulation of it. */
export class PhysicsStage {
  readonly clock = new SimClock();
  readonly world = new EntityWorld();
  readonly registry = new PrometheusMetrics();
  readonly metrics = physicsMetrics(this.registry);
  readonly heard = new HeardMotions();
  /** All motions that were told, in order. */
  readonly told: MotionFields[] = [];
  /** Edits of physics that the log has. */
  readonly logged: Array<{ author: EntityAuthor; edit: EntityEdit }> = [];
  /** How many bodies stood still because of others, each time that the number changed. */
  readonly crowds: number[] = [];
  simulation!: Simulation;
  bodiesMax = 1_000;
  private edits = 0;

  static async open(): Promise<PhysicsStage> {
    await loadPhysicsEngine();
    return new PhysicsStage();
  }

  /** Begins to simulate; a simulation before is ended. */
  start(): void {
    this.simulation?.stop();
    this.simulation = new Simulation({
      clock: this.clock,
      worldName: 'main',
      instanceId: 'es-1',
      world: this.world,
      bodiesMax: this.bodiesMax,
      metrics: this.metrics,
      heard: this.heard,
      publish: ({ motions }) => this.told.push(...(motions ?? [])),
      submit: ({ editId, author, edits }) => {
        const outcome = this.apply(editId, author, edits);
        if (outcome) this.logged.push(...edits.map((edit) => ({ author, edit })));
        return Promise.resolve({ kind: 'done', sequence: this.world.lastSequence, results: [] });
      },
      onCrowded: (standing) => this.crowds.push(standing),
      onFailed: (error) => {
        throw error;
      },
    });
  }

  add(id: EntityId, properties: EntityProperties, type = 'Box'): void {
    this.edit({ kind: 'add', id, type, properties });
  }

  change(id: EntityId, properties: EntityProperties, removed: string[] = []): void {
    this.edit({ kind: 'change', id, properties, removed, expectedRevision: 0 });
  }

  erase(id: EntityId): void {
    this.edit({ kind: 'erase', id, expectedRevision: 0 });
  }

  /** A wide floor whose top is at height 0. */
  addFloor(id: EntityId, properties: EntityProperties = {}): void {
    this.add(id, { position: at(0, -0.5, 0), dimensions: at(100, 1, 100), ...properties });
  }

  /** Lets time pass. */
  run(seconds: number): Promise<void> {
    return this.clock.advanceAsync(seconds * 1_000);
  }

  motion(id: EntityId): Motion {
    const body = this.simulation.bodyOf(id);
    if (!body) throw new Error(`no body ${id}`);
    return body.motion;
  }

  entity(id: EntityId): Entity {
    return this.world.get(id) as Entity;
  }

  claim(id: EntityId, sessionId: number, priority: number): void {
    this.simulation.handleUplink({
      motions: [{ sessionId, claim: { id: entityIdToBytes(id), priority } }],
    } as vicinity.v1.IEntityMotionUplink);
  }

  /** A client says where a body is. */
  carry(id: EntityId, sessionId: number, motion: MotionFields): void {
    const fields = { id: entityIdToBytes(id), atMs: Math.round(this.clock.wallMs()), rotationW: 1, ...motion };
    this.simulation.handleUplink({ motions: [{ sessionId, motion: fields }] } as vicinity.v1.IEntityMotionUplink);
  }

  /** How many words of clients were dropped for a reason. */
  async dropped(reason: string): Promise<number> {
    const line = new RegExp(`entity_physics_dropped_total\\{[^}]*reason="${reason}"[^}]*\\} (\\d+)`);
    return Number(line.exec(await this.registry.text())?.[1] ?? 0);
  }

  end(): void {
    this.simulation?.stop();
  }

  private edit(edit: EntityEdit): void {
    const outcome = this.apply(`edit-${++this.edits}`, ADA, [edit]);
    if (!outcome) throw new Error('that edit is void');
  }

  private apply(editId: string, author: EntityAuthor, edits: readonly EntityEdit[]): boolean {
    const record = { epoch: 1, writer: 'es-1', writtenAtMs: Math.round(this.clock.wallMs()) };
    const [outcome] = this.world.apply(
      { ...record, transactions: [{ editId, author, edits }] },
      this.world.lastSequence + 1,
    );
    if (outcome.kind === 'done') this.simulation?.handleChanges(editId, outcome.changes);
    return outcome.kind === 'done';
  }
}
