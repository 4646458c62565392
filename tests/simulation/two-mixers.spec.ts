import { MemoryBus } from '@app/broker';
import { SeededRandom, SimClock } from '@app/testing';
import { packPose } from '@app/wire';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { MixerAssignment, PROBATION_MS } from '../../apps/gateway/src/fanout/mixer-assignment.js';
import { CountingCodec, PACKET_HEADER } from '../../bench/simulation/counting-codec.js';
import { SimulatedGateway } from '../../bench/simulation/simulated-gateway.js';
import { SimulatedMixer } from '../../bench/simulation/simulated-mixer.js';
import type { Person } from '../../bench/simulation/visitor.js';

jest.setTimeout(60_000);

const STEP_MS = 10;
const MIXER_IDS = ['audio-mixer-0', 'audio-mixer-1'];
/** Nobody is heard beyond this, in metres; mixers take their listeners' reach up to 5 m longer. */
const AUDIBLE_M = 100;
const MARGIN_M = 5;
/** Until then, decoders that were opened before it was clear who hears whom have been given back. */
const SETTLE_MS = 4_000;

/** Somebody who stands still and talks without a pause. */
class Speaker implements Person {
  readonly isHere = true;
  readonly talkingSinceMs = 0;
  sequence = 0;
  mixes = 0;
  private packetDueMs = 0;
  private poseDueMs = 0;

  constructor(
    readonly sessionId: number,
    readonly x: number,
  ) {}

  live(nowMs: number): boolean {
    return nowMs === STEP_MS;
  }

  takePose(nowMs: number): Uint8Array | undefined {
    if (nowMs < this.poseDueMs) return undefined;
    this.poseDueMs += 500;
    return packPose({ position: { x: this.x, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } });
  }

  takePacket(nowMs: number): number | undefined {
    if (nowMs < this.packetDueMs) return undefined;
    this.packetDueMs += 20;
    return this.packetDueMs - 20;
  }

  timestampAt(spokenMs: number): number {
    return spokenMs * 48;
  }
}

describe('Two mixers of one world', () => {
  let clock: SimClock;
  let bus: MemoryBus;
  let mixers: SimulatedMixer[];

  beforeEach(() => {
    clock = new SimClock();
    bus = new MemoryBus({ clock });
    mixers = MIXER_IDS.map((id) => new SimulatedMixer(id, bus.connect(), clock, new CountingCodec()));
    for (const mixer of mixers) mixer.start();
  });
  afterEach(() => {
    for (const mixer of mixers) mixer.stop();
  });

  /** Lets a gateway with these people run. */
  async function run(people: Speaker[], mixerOf: (sessionId: number) => string, durationMs: number): Promise<void> {
    const voice = (): Uint8Array => Uint8Array.of(PACKET_HEADER, 1, 2, 3);
    const options = { gatewayId: 'gateway-a', stepMs: STEP_MS, mixerIds: MIXER_IDS, mixerOf, loss: 0, jitterMs: 5 };
    const gateway = new SimulatedGateway(bus.connect(), new SeededRandom(1), people, { ...options, voice });
    for (let passedMs = 0; passedMs < durationMs; passedMs += STEP_MS) {
      clock.advance(STEP_MS);
      gateway.step(clock.nowMs(), true);
      await setImmediate();
    }
  }

  const metric = (mixer: SimulatedMixer, name: string): number => mixer.metrics.get(name) ?? 0;

  /** The law by which gateways divide listeners. */
  function assignment(): (sessionId: number) => string {
    const mixerAssignment = new MixerAssignment({ silenceMsMax: 150 });
    const members = MIXER_IDS.map((instanceId) => ({ instanceId, epochMs: 1 }));
    mixerAssignment.setMembers(members, 0);
    mixerAssignment.tick(PROBATION_MS + 1, STEP_MS);
    return (sessionId) => mixerAssignment.choose(sessionId) ?? '';
  }

  it('divide the listeners, and everybody gets one mix in each tick from one of them', async () => {
    const random = new SeededRandom(3);
    const people = Array.from({ length: 40 }, (_, index) => new Speaker(random.nextUint32(), index));
    await run(people, assignment(), 1_000);
    const [first, second] = mixers.map((mixer) => metric(mixer, 'listeners'));
    expect(first + second).toBe(people.length);
    expect(Math.min(first, second)).toBeGreaterThan(people.length / 4);
    // 48 or so of 50 ticks: the first voices take a moment to arrive. Two mixers for one person would make more than 51.
    for (const { mixes } of people) expect(mixes).toBeGreaterThan(35);
    for (const { mixes } of people) expect(mixes).toBeLessThanOrEqual(51);
  });

  it('decode nobody but those whom one of their own listeners may hear', async () => {
    const random = new SeededRandom(5);
    const people = Array.from({ length: 30 }, () => new Speaker(random.nextUint32(), 1_500 * random.next()));
    const mixerOf = assignment();
    await run(people, mixerOf, SETTLE_MS);
    mixers.forEach((mixer) => {
      const listeners = people.filter(({ sessionId }) => mixerOf(sessionId) === mixer.instanceId);
      const heardWithin = (metres: number): number =>
        people.filter((speaker) =>
          listeners.some((listener) => listener !== speaker && Math.abs(listener.x - speaker.x) < metres),
        ).length;
      const decoders = mixer.codec.counts.decoders;
      expect(decoders).toBeGreaterThanOrEqual(heardWithin(AUDIBLE_M));
      expect(decoders).toBeLessThanOrEqual(heardWithin(AUDIBLE_M + MARGIN_M));
      expect(decoders).toBeLessThan(people.length);
    });
  });

  it('share nothing when each has the people of another place', async () => {
    const people = Array.from({ length: 20 }, (_, index) => new Speaker(index + 1, index < 10 ? index : 1_000 + index));
    await run(people, (sessionId) => MIXER_IDS[sessionId <= 10 ? 0 : 1], SETTLE_MS);
    expect(mixers.map(({ codec }) => codec.counts.decoders)).toEqual([10, 10]);
    expect(mixers.map((mixer) => metric(mixer, 'listeners'))).toEqual([10, 10]);
  });
});
