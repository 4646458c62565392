import { type Broker, subjectOf } from '@app/broker';
import type { Random } from '@app/clock';
import { decodeMessage, encodeMessage, type vicinity } from '@app/wire';
import { BadNetwork, type NetworkFaults } from './bad-network.js';
import type { Person } from './visitor.js';

const WORLD = 'main';
const ROSTER_MS = 1_000;

/** Whom a simulated gateway talks to, and over what network. */
export interface GatewayOptions extends NetworkFaults {
  gatewayId: string;
  stepMs: number;
  /** Who mixes, in the order of the roster's numbers. */
  mixerIds: readonly string[];
  /** The mixer of a session, one of `mixerIds`. */
  mixerOf: (sessionId: number) => string;
  /** A packet of somebody's voice. */
  voice: (person: Person) => Uint8Array;
}

/** A gateway on a virtual clock with some of the people: speaks to mixers as a real one does, and hands out mixes. */
export class SimulatedGateway {
  /** Mixes that arrived for people who are not here any more. */
  strayMixes = 0;
  private readonly bySession = new Map<number, Person>();
  private readonly network: BadNetwork;
  private readonly poses: vicinity.v1.IEarPose[] = [];
  private revision = 0;
  private rosterDueMs = 0;
  private tick = 0;

  constructor(
    private readonly broker: Broker,
    random: Random,
    readonly people: readonly Person[],
    private readonly options: GatewayOptions,
  ) {
    this.network = new BadNetwork(options, random, options.stepMs);
    const { gatewayId } = options;
    broker.subscribe(subjectOf('rosterRequest', { world: WORLD }), () => (this.rosterDueMs = 0));
    broker.subscribe(subjectOf('audioDown', { world: WORLD, who: gatewayId }), ({ data }) => this.receive(data));
  }

  /** One step of everybody's life. @param canTalk  false keeps those who would talk silent */
  step(nowMs: number, canTalk: boolean): void {
    for (const person of this.people) {
      const before = person.sessionId;
      if (person.live(nowMs, this.options.stepMs)) this.seat(person, before, nowMs);
      if (!person.isHere) continue;
      const pose = person.takePose(nowMs);
      if (pose) this.poses.push({ sessionId: person.sessionId, pose });
      this.speak(person, nowMs, canTalk && person.talkingSinceMs !== undefined);
    }
    // Whoever is not known yet would not be listened to.
    if (nowMs >= this.rosterDueMs) this.tellRoster(nowMs);
    this.sendUplink();
  }

  /** Somebody has come or gone; everybody is told with the next step. */
  seat(person: Person, sessionIdBefore: number, nowMs: number): void {
    this.bySession.delete(sessionIdBefore);
    if (person.isHere) this.bySession.set(person.sessionId, person);
    this.rosterDueMs = nowMs;
  }

  private speak(person: Person, nowMs: number, isTalking: boolean): void {
    for (let spokenMs = person.takePacket(nowMs); spokenMs !== undefined; spokenMs = person.takePacket(nowMs)) {
      if (!isTalking) continue;
      this.network.send({
        sessionId: person.sessionId,
        sequence: person.sequence++ & 0xffff,
        timestamp: person.timestampAt(spokenMs),
        opus: this.options.voice(person),
      });
    }
  }

  private sendUplink(): void {
    const packets = this.network.advance();
    this.tick++;
    if (packets.length + this.poses.length === 0) return;
    const { gatewayId } = this.options;
    const message = { gatewayId, tick: this.tick, packets, poses: this.poses };
    this.broker.publish(subjectOf('audioUp', { world: WORLD, who: gatewayId }), encodeMessage('AudioUplink', message));
    this.poses.length = 0;
    this.network.forget();
  }

  private tellRoster(nowMs: number): void {
    const { gatewayId, mixerIds, mixerOf } = this.options;
    this.rosterDueMs = nowMs + ROSTER_MS;
    const sessions = [...this.bySession.keys()].map((sessionId) => {
      return { sessionId, epoch: 1, audioMixer: 1 + mixerIds.indexOf(mixerOf(sessionId)) };
    });
    const roster = { gatewayId, gatewayEpochMs: 1, revision: ++this.revision, audioMixers: [...mixerIds], sessions };
    this.broker.publish(subjectOf('roster', { world: WORLD, who: gatewayId }), encodeMessage('SessionRoster', roster));
  }

  private receive(data: Uint8Array): void {
    for (const { sessionId } of decodeMessage('AudioDownlink', data).packets) {
      const person = this.bySession.get(sessionId ?? 0);
      if (person) person.mixes++;
      else this.strayMixes++;
    }
  }
}
