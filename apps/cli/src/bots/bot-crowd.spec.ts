import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadSettings } from '@app/settings';
import { SimClock } from '@app/testing';
import { FakeVircadia } from '../../test/fake-vircadia.js';
import { BotCrowd } from './bot-crowd.js';
import type { OpenSocket } from './bot-surroundings.js';
import { type BotsSettings, botsSettings, habitsOf } from './bots.settings.js';
import { type BotFigure, figuresOf, remarksOf } from './crowd-report.js';
import type { CrowdReading } from './crowd-tally.js';

const LATENCY_MS = 5;
const STEP_MS = 50;

describe('BotCrowd', () => {
  let clock: SimClock;
  let domain: FakeVircadia;
  let crowd: BotCrowd;
  let settings: BotsSettings;

  beforeEach(() => {
    clock = new SimClock(1_000);
    domain = new FakeVircadia(clock, LATENCY_MS);
  });

  afterEach(async () => {
    const left = crowd.leave();
    await pass(1_000);
    await left;
  });

  /** Promises settle now and then, not after each of a hundred thousand datagrams. */
  async function pass(durationMs: number): Promise<void> {
    for (let leftMs = durationMs; leftMs > 0; leftMs -= STEP_MS) {
      clock.advance(Math.min(STEP_MS, leftMs));
      await clock.advanceAsync(0);
    }
  }

  /** Lets them in, and measures for a while. */
  async function measure(seconds: number, ...flags: string[]): Promise<CrowdReading> {
    await begin(...flags);
    await pass(2_500);
    crowd.beginMeasuring();
    await pass(seconds * 1_000);
    return crowd.read();
  }

  async function begin(...flags: string[]): Promise<void> {
    settings = loadSettings(botsSettings, { flags: ['--codec', 'pcm', ...flags], variables: {} });
    const { count, listen } = settings;
    const share = { first: 0, count, total: count, pairs: listen, rampPerSecond: 100 };
    crowd = new BotCrowd(clock, habitsOf(settings), share, domain.openSocket);
    const starting = crowd.start();
    await pass(100);
    await starting;
  }

  const valueOf = (figures: readonly BotFigure[], name: string): number =>
    figures.find((figure) => figure.name === `bots.${name}`)?.value ?? NaN;

  it('comes in, talks 100 times a second and is seen 30 times a second, without a fault', async () => {
    const reading = await measure(2, '--count', '4');
    const figures = figuresOf([reading]);
    expect(crowd.joinedCount).toBe(4);
    expect(valueOf(figures, 'join_ms.p99')).toBeGreaterThan(2 * LATENCY_MS);
    expect(valueOf(figures, 'mixes_per_second_min')).toBeCloseTo(100, -1);
    expect(valueOf(figures, 'gaps')).toBe(0);
    expect(valueOf(figures, 'late')).toBe(0);
    expect(valueOf(figures, 'deaf')).toBe(0);
    expect(valueOf(figures, 'faults')).toBe(0);
    expect(valueOf(figures, 'avatars_seen')).toBe(3);
    expect(valueOf(figures, 'avatar_updates_hz')).toBeGreaterThan(28);
    expect(valueOf(figures, 'avatar_updates_hz')).toBeLessThan(32);
    expect(valueOf(figures, 'avatar_age_ms.p50')).toBeCloseTo(2 * LATENCY_MS, -0.5);
    expect(remarksOf([reading], 4)).toEqual([]);
  });

  it('finds the delay from mouth to ear among voices', async () => {
    const figures = figuresOf([await measure(5, '--count', '6')]);
    expect(valueOf(figures, 'markers_heard')).toBeGreaterThanOrEqual(8);
    // Both ways through the network, and at most one tick of the mixer.
    expect(valueOf(figures, 'added_delay_ms.p50')).toBeGreaterThan(2 * LATENCY_MS - 1);
    expect(valueOf(figures, 'added_delay_ms.p99')).toBeLessThan(2 * LATENCY_MS + 11);
  });

  it('counts what its own bad network loses as gaps, the same ones for the same seed', async () => {
    const flags = ['--count', '2', '--listen', '0', '--loss', '5%', '--jitter', '30ms', '--seed', '7'];
    const first = await measure(4, ...flags);
    const lost = first.bots.map(({ missing }) => missing);
    expect(lost[0] + lost[1]).toBeGreaterThan(800 * 0.025);
    expect(lost[0] + lost[1]).toBeLessThan(800 * 0.1);
    expect(first.counts.datagramsLost).toBeGreaterThan(0);

    const left = crowd.leave();
    await pass(1_000);
    await left;
    clock = new SimClock(1_000);
    domain = new FakeVircadia(clock, LATENCY_MS);
    const second = await measure(4, ...flags);
    expect(second.bots.map(({ missing }) => missing)).toEqual(lost);
  });

  it('does not wait for who has not set out yet when it is told to stop coming', async () => {
    settings = loadSettings(botsSettings, { flags: ['--codec', 'pcm', '--count', '4'], variables: {} });
    const share = { first: 0, count: 4, total: 4, pairs: 0, rampPerSecond: 0.1 };
    crowd = new BotCrowd(clock, habitsOf(settings), share, domain.openSocket);
    const starting = crowd.start();
    await pass(500);
    crowd.stopComing();
    await starting;
    expect(crowd.joinedCount).toBe(1);
    await pass(20_000);
    expect(crowd.joinedCount).toBe(1);
  });

  it('lets a fifth talk at a time, and the others be silent', async () => {
    await begin('--count', '5', '--talking', '20%', '--listen', '0');
    await pass(10_000);
    const counts = [...domain.clients.values()].map(({ received }) => received.get('MicrophoneAudioNoEcho') ?? 0);
    for (const frames of counts) expect(frames).toBeCloseTo(200, -2);
    const silences = [...domain.clients.values()].map(({ received }) => received.get('SilentAudioFrame') ?? 0);
    for (const frames of silences) expect(frames).toBeGreaterThan(700);
  });

  it('chats, and hears of it', async () => {
    const figures = figuresOf([await measure(4, '--count', '3', '--chat', '60')]);
    expect(valueOf(figures, 'chat_sent')).toBeGreaterThan(10);
    expect(valueOf(figures, 'chat_heard')).toBeGreaterThanOrEqual(2 * (valueOf(figures, 'chat_sent') - 1));
    expect(valueOf(figures, 'chat_delay_ms.p50')).toBeLessThan(10 * LATENCY_MS);
  });

  it('takes its box away before it says goodbye', async () => {
    await begin('--count', '1', '--edit', '10', '--listen', '0');
    await pass(2_000);
    const [{ received }] = domain.clients.values();
    expect(received.get('EntityEdit')).toBeGreaterThan(5);
    const left = crowd.leave();
    await pass(100);
    expect([received.get('EntityErase'), received.get('DomainDisconnectRequest')]).toEqual([1, undefined]);
    await pass(1_000);
    await left;
    expect(received.get('DomainDisconnectRequest')).toBe(1);
  });

  it('says goodbye over a network that makes everything late', async () => {
    await begin('--count', '1', '--jitter', '50ms', '--listen', '0');
    await pass(2_000);
    const [{ received }] = domain.clients.values();
    const left = crowd.leave();
    await pass(1_000);
    await left;
    expect(received.get('DomainDisconnectRequest')).toBe(1);
  });

  it('leaves and comes back', async () => {
    const reading = await measure(10, '--count', '4', '--churn', '30');
    expect(reading.counts.joins).toBeGreaterThan(12);
    expect(reading.counts.lost).toBe(0);
  });

  it('finds the delay again when the domain has begun anew', async () => {
    await begin('--count', '4');
    await pass(3_000);
    domain.isDead = true;
    await pass(8_000);
    for (const client of domain.clients.values()) client.sequence = 0;
    domain.isDead = false;
    await pass(2_000);
    crowd.beginMeasuring();
    await pass(3_000);
    const figures = figuresOf([crowd.read()]);
    expect(valueOf(figures, 'late')).toBe(0);
    expect(valueOf(figures, 'markers_sent')).toBeGreaterThanOrEqual(5);
    expect(valueOf(figures, 'markers_heard')).toBe(valueOf(figures, 'markers_sent'));
  });

  it('tells in words that who comes back finds no socket, and tries again', async () => {
    let opened = 0;
    const { openSocket } = domain;
    const scarce: OpenSocket = (receive) =>
      ++opened === 3 ? Promise.reject(new Error('No sockets left.')) : openSocket(receive);
    domain = Object.assign(domain, { openSocket: scarce });
    const reading = await measure(10, '--count', '2', '--churn', '20', '--listen', '0');
    expect(remarksOf([reading], 2)).toEqual(['Not let in 1 times: No sockets left.']);
    expect(reading.counts.joins).toBeGreaterThan(3);
  });

  it('leaves nobody behind who was about to set out', async () => {
    settings = loadSettings(botsSettings, { flags: ['--codec', 'pcm', '--count', '1'], variables: {} });
    const share = { first: 0, count: 1, total: 1, pairs: 0, rampPerSecond: 100 };
    let open: () => void = () => undefined;
    let closed = 0;
    crowd = new BotCrowd(clock, habitsOf(settings), share, async (receive) => {
      await new Promise<void>((resolve) => (open = resolve));
      const socket = await domain.openSocket(receive);
      return { ...socket, close: () => void closed++ };
    });
    const starting = crowd.start();
    await pass(100);
    const left = crowd.leave();
    open();
    await pass(1_000);
    await Promise.all([starting, left]);
    expect(closed).toBe(1);
    expect(domain.clients.size).toBe(0);
  });

  it('notices that the domain is gone, and comes back when it answers again', async () => {
    await begin('--count', '2');
    await pass(2_000);
    domain.isDead = true;
    await pass(8_000);
    expect(crowd.joinedCount).toBe(0);
    domain.isDead = false;
    await pass(2_000);
    expect(crowd.joinedCount).toBe(2);
    expect(crowd.read().counts.lost).toBe(2);
  });
});
