import { MemoryBus, type MemoryBroker, subjectOf } from '@app/broker';
import { SystemClock, SystemRandom } from '@app/clock';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage, vicinity } from '@app/wire';
import { CodedError } from '@app/world';
import { Controller, Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';
import 'reflect-metadata';
import { of } from 'rxjs';
import type { Broker } from '@app/broker';
import { BrokerContext } from './broker-context.js';
import { RoleState } from './heartbeat.js';
import { STAGE, type Lifecycle } from './lifecycle.js';
import { silentLogger } from './logger.js';
import { EventPattern, MessagePattern } from './patterns.js';
import { RoleProcess } from './role-process.js';
import { BROKER, INSTANCE, LIFECYCLE, SETTINGS } from './tokens.js';

let events: string[] = [];
let heard: { message: vicinity.v1.AudioUplink; context: BrokerContext }[] = [];
let releaseAnswer: () => void = () => undefined;

@Controller()
class EchoController implements OnApplicationBootstrap {
  constructor(
    @Inject(BROKER) private readonly broker: Broker,
    @Inject(LIFECYCLE) lifecycle: Lifecycle,
    @Inject(INSTANCE) readonly instance: unknown,
    @Inject(SETTINGS) readonly settings: unknown,
  ) {
    lifecycle.onStage(STAGE.media, {
      start: () => void events.push('media'),
      stop: () => void events.push('media stop'),
    });
  }

  onApplicationBootstrap(): void {
    events.push('bootstrap');
    this.broker.publish(subjectOf('audioUp', { world: 'early', who: 'me' }), encodeMessage('AudioUplink', {}));
  }

  @EventPattern(subjectOf('audioUp'))
  onUplink(message: vicinity.v1.AudioUplink, context: BrokerContext): void {
    heard.push({ message, context });
    if (context.who === 'bad') throw new Error('handler bug');
  }

  @MessagePattern('vw.*.message.post.{instance}')
  async onPost(request: vicinity.v1.PostRequest): Promise<object> {
    const id = request.deduplicationId;
    if (id === 'expected') throw new CodedError('broker-timeout', 'Too slow.');
    if (id === 'bug') throw new Error('secret detail');
    if (id === 'slow') await new Promise<void>((resolve) => (releaseAnswer = resolve));
    return { sequence: 7 };
  }

  @MessagePattern('vw.*.message.history.{instance}')
  onHistory(): unknown {
    return of({ errorCode: 'x' });
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const settle = (delayMs = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

describe('RoleProcess', () => {
  let bus: MemoryBus;
  let other: MemoryBroker;
  let role: RoleProcess;
  let states: RoleState[];

  beforeEach(() => {
    [events, heard, states] = [[], [], []];
    bus = new MemoryBus();
    other = bus.connect();
    other.subscribe(subjectOf('member'), ({ data }) => void states.push(decodeMessage('MemberHeartbeat', data).state));
    role = new RoleProcess(
      { role: 'messaging', module: EchoModule, settings: {} },
      {
        clock: new SystemClock(),
        random: new SystemRandom(),
        logger: silentLogger,
        instance: { instanceId: 'messaging-1', role: 'messaging', epochMs: 5, version: '1' },
        settings: { natsUrl: 'nats://x', natsWaitMs: 0, logLevel: 'info', instanceId: undefined },
        pid: 99,
        connect: () => Promise.resolve(bus.connect()),
      },
    );
  });
  afterEach(() => role.stop());

  const post = async (deduplicationId: string): Promise<vicinity.v1.PostReply> => {
    const bytes = encodeMessage('PostRequest', { deduplicationId });
    const subject = subjectOf('messagePost', { world: 'main', who: 'messaging-1' });
    return decodeMessage('PostReply', await other.request(subject, bytes, { timeoutMs: 1_000 }));
  };
  const metric = async (name: string): Promise<string | undefined> =>
    (await role.metrics.text()).split('\n').find((line) => line.startsWith(name));

  it('is READY after its stages, and tells every change of its state', async () => {
    await role.start();
    expect(events).toEqual(['bootstrap', 'media']);
    await role.stop();
    await settle();
    expect(events).toEqual(['bootstrap', 'media', 'media stop']);
    expect(states).toEqual([
      RoleState.ROLE_STATE_STARTING,
      RoleState.ROLE_STATE_READY,
      RoleState.ROLE_STATE_DRAINING,
      RoleState.ROLE_STATE_STOPPED,
    ]);
  });

  it('hears answers to what it asked in onApplicationBootstrap', async () => {
    await role.start();
    await settle();
    expect(heard.map(({ context }) => context.world)).toEqual(['early']);
  });

  it('hands events to controllers decoded, with world and name', async () => {
    await role.start();
    const bytes = encodeMessage('AudioUplink', { tick: 3 });
    other.publish(subjectOf('audioUp', { world: 'main', who: 'gateway-1' }), bytes);
    await settle();
    const last = heard.at(-1);
    expect(last?.context).toMatchObject({ world: 'main', who: 'gateway-1', subject: 'vw.main.audio.up.gateway-1' });
    expect(last?.message).toBeInstanceOf(vicinity.v1.AudioUplink);
  });

  it('counts events that are malformed or whose handler fails, and lives on', async () => {
    await role.start();
    const subject = subjectOf('audioUp', { world: 'main', who: 'bad' });
    other.publish(subject, new Uint8Array([7, 255, 255]));
    other.publish(subject, encodeMessage('AudioUplink', {}));
    await settle();
    expect(await metric('vicinity_broker_messages_dropped_total{subject="audioUp",reason="malformed"}')).toMatch(/ 1$/);
    expect(await metric('vicinity_broker_messages_dropped_total{subject="audioUp",reason="handler-failed"}')).toMatch(
      / 1$/,
    );
    expect((await post('fine')).sequence).toBe(7);
  });

  it('answers requests at its own subject, from promises and observables', async () => {
    await role.start();
    expect(await post('fine')).toMatchObject({ sequence: 7, errorCode: '' });
    const subject = subjectOf('messageHistory', { world: 'main', who: 'messaging-1' });
    const reply = await other.request(subject, new Uint8Array(), { timeoutMs: 1_000 });
    expect(decodeMessage('HistoryReply', reply).errorCode).toBe('x');
  });

  it('answers a coded error with its code, and a bug without its details', async () => {
    await role.start();
    expect(await post('expected')).toMatchObject({ errorCode: 'broker-timeout', errorText: 'Too slow.' });
    const reply = await post('bug');
    expect(reply.errorCode).toBe('internal-error');
    expect(JSON.stringify(reply)).not.toContain('secret');
  });

  it('finishes the requests in flight before it stops', async () => {
    await role.start();
    const answer = post('slow');
    await settle();
    const stopped = role.stop();
    await settle();
    releaseAnswer();
    expect((await answer).sequence).toBe(7);
    await stopped;
  });

  it('tells its metrics over the broker', async () => {
    await role.start();
    const replies = await other.requestMany(subjectOf('metrics'), new Uint8Array(), { timeoutMs: 200, repliesMax: 1 });
    const reply = decodeMessage('MetricsReply', replies[0]);
    expect(reply).toMatchObject({ instanceId: 'messaging-1', role: 'messaging' });
    expect(reply.text).toContain('vicinity_broker_connected 1');
    expect(reply.text).toMatch(/vicinity_broker_delivered_total [1-9]/);
  });

  it('refuses to start with a pattern that is no subject of ours', async () => {
    @Controller()
    class StrayController {
      @EventPattern('somewhere.else')
      handle(): void {}
    }
    @Module({ controllers: [StrayController] })
    class StrayModule {}
    const stray = new RoleProcess(
      { role: 'messaging', module: StrayModule, settings: {} },
      (role as unknown as { ground: ConstructorParameters<typeof RoleProcess>[1] }).ground,
    );
    await expect(stray.start()).rejects.toThrow('somewhere.else');
    await stray.stop();
  });
});
