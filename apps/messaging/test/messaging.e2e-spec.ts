import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NatsBroker, subjectOf } from '@app/broker';
import { pause, SystemClock, SystemRandom } from '@app/clock';
import { commonSettings, type CommonSettings, RoleProcess, silentLogger } from '@app/runtime';
import { loadSettings } from '@app/settings';
import { type NatsServer, startNatsServer } from '@app/testing';
import { decodeMessage, encodeMessage, type MessageFields } from '@app/wire';
import 'reflect-metadata';
import { MessagingModule } from '../src/messaging.module.js';
import { messagingSettings } from '../src/messaging.settings.js';
import { describeMessaging } from './messaging.contract.js';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});

afterAll(() => server.stop());

describeMessaging('Messaging over a real broker', () => NatsBroker.connect({ url: server.url }));

describe('The messaging role on a real broker', () => {
  const clock = new SystemClock();
  const tokens = { world: 'main', who: 'messaging-1' };
  let broker: NatsBroker;
  let role: RoleProcess | undefined;

  const startRole = async (): Promise<void> => {
    const settings = { ...commonSettings, ...messagingSettings };
    role = new RoleProcess(
      { role: 'messaging', module: MessagingModule, settings: messagingSettings },
      {
        clock,
        random: new SystemRandom(),
        logger: silentLogger,
        instance: { instanceId: 'messaging-1', role: 'messaging', epochMs: 1, version: '1' },
        settings: loadSettings(settings, { flags: [], variables: {} }) as CommonSettings,
        pid: 1,
        connect: () => NatsBroker.connect({ url: server.url }),
      },
    );
    await role.start();
  };
  const post = async (message: MessageFields<'ChannelMessage'>, deduplicationId: string) => {
    const bytes = encodeMessage('PostRequest', { message, deduplicationId });
    return decodeMessage(
      'PostReply',
      await broker.request(subjectOf('messagePost', tokens), bytes, { timeoutMs: 5_000 }),
    );
  };
  const history = async (count: number) => {
    const bytes = encodeMessage('HistoryRequest', { channel: 'world', count });
    const answer = await broker.request(subjectOf('messageHistory', tokens), bytes, { timeoutMs: 5_000 });
    return decodeMessage('HistoryReply', answer);
  };

  beforeAll(async () => {
    broker = await NatsBroker.connect({ url: server.url });
    await startRole();
  });

  afterAll(async () => {
    await role?.stop();
    await broker.close();
  });

  it('answers with a place, or with a code and a sentence', async () => {
    const ada = { channel: 'world', senderId: 7, senderName: 'Ada' };
    expect(await post({ ...ada, text: 'hello' }, 'role-1')).toMatchObject({
      errorCode: '',
      sequence: expect.any(Number),
    });
    const refused = await post({ ...ada, text: '' }, 'role-2');
    expect(refused.errorCode).toBe('message-invalid');
    expect(refused.errorText).toMatch(/^[A-Z].*\.$/);
    expect((await history(0)).errorCode).toBe('request-invalid');
  });

  it('has everything that it acknowledged after the broker was killed and the role was started anew', async () => {
    const ada = { channel: 'world', senderId: 8, senderName: 'Ada' };
    const { sequence } = await post({ ...ada, text: 'remember me' }, 'role-3');
    await server.kill9();
    await server.restart();
    await role?.stop();
    await startRole();
    while (!broker.isConnected) await pause(clock, 10);
    const { messages } = await history(1);
    expect(messages[0]).toMatchObject({ text: 'remember me', sequence });
    expect((await post({ ...ada, text: 'remember me' }, 'role-3')).sequence).toBe(sequence);
  });
});
