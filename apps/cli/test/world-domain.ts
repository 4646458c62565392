import { NatsBroker, subjectOf } from '@app/broker';
import { SystemClock, SystemRandom } from '@app/clock';
import { type EntityEdit, readEditReply, transactionFieldsOf } from '@app/entities';
import { commonSettings, type CommonSettings, RoleProcess, silentLogger } from '@app/runtime';
import { loadSettings } from '@app/settings';
import { type NatsServer, startNatsServer } from '@app/testing';
import { encodeMessage, vicinity } from '@app/wire';
import type { EntityId, EntityProperties } from '@app/world';
import 'reflect-metadata';
import { EntityServerModule } from '../../entity-server/src/entity-server.module.js';
import { entityServerSettings } from '../../entity-server/src/entity-server.settings.js';
import { exitCodeOf, runCommandLine, wordsOf } from '../src/command-line.js';

/** What a command has answered: its output, or the sentence with which it failed. */
export interface Answer {
  code: number;
  output: string;
}

export const idOf = (number: number): EntityId => `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

export const add = (number: number, properties: EntityProperties = {}, type = 'Box'): EntityEdit => ({
  kind: 'add',
  id: idOf(number),
  type,
  properties,
});

export const change = (number: number, properties: EntityProperties): EntityEdit => ({
  kind: 'change',
  id: idOf(number),
  properties,
  removed: [],
  expectedRevision: 0,
});

export const erase = (number: number): EntityEdit => ({ kind: 'erase', id: idOf(number), expectedRevision: 0 });

export const ADA = { sessionId: 7, name: 'Ada' };
export const BOB = { sessionId: 8, name: 'Bob' };

/** A broker and an entity-server, and a command line that uses them. */
export class WorldDomain {
  private readonly clock = new SystemClock();
  private readonly roles: RoleProcess[] = [];
  private editCount = 0;

  static async start(): Promise<WorldDomain> {
    const server = await startNatsServer();
    const domain = new WorldDomain(server, await NatsBroker.connect({ url: server.url }));
    await domain.startEntityServer('es-1');
    return domain;
  }

  private constructor(
    readonly server: NatsServer,
    readonly broker: NatsBroker,
  ) {}

  async startEntityServer(instanceId: string): Promise<void> {
    const settings = { ...commonSettings, ...entityServerSettings };
    const role = new RoleProcess(
      { role: 'entity-server', module: EntityServerModule, settings: entityServerSettings },
      {
        clock: this.clock,
        random: new SystemRandom(),
        logger: silentLogger,
        instance: { instanceId, role: 'entity-server', epochMs: this.clock.wallMs(), version: '1' },
        settings: loadSettings(settings, { flags: [], variables: {} }) as CommonSettings,
        pid: 1,
        connect: () => NatsBroker.connect({ url: this.server.url }),
      },
    );
    this.roles.push(role);
    await role.start();
  }

  /** Runs `vicinity world …`. */
  async run(...args: string[]): Promise<Answer> {
    const lines: string[] = [];
    try {
      const words = ['world', ...args, '--nats-url', this.server.url];
      const code = await runCommandLine(words, (text) => lines.push(text));
      return { code, output: lines.join('\n') };
    } catch (error) {
      return { code: exitCodeOf(error), output: [...lines, wordsOf(error)].join('\n') };
    }
  }

  /** The same, for what must succeed. */
  async do(...args: string[]): Promise<string> {
    const { code, output } = await this.run(...args);
    if (code !== 0) throw new Error(`vicinity world ${args.join(' ')}: ${output}`);
    return output;
  }

  /** Edits a world as a person does; resolves with the place in the log. */
  async edit(world: string, author: { sessionId: number; name: string }, ...edits: EntityEdit[]): Promise<number> {
    const transaction = { editId: `e2e-${++this.editCount}`, author, edits };
    const fields = transactionFieldsOf(transaction, vicinity.v1.EntityPower.ENTITY_POWER_BUILD);
    const request = encodeMessage('EntityEditRequest', { transaction: fields });
    const bytes = await this.broker.request(subjectOf('entityEdit', { world, who: 'any' }), request, {
      timeoutMs: 15_000,
    });
    const answer = readEditReply(bytes);
    if (answer.kind === 'refused') throw answer.error;
    return answer.sequence;
  }

  async stopEntityServers(): Promise<void> {
    for (const role of this.roles.splice(0)) await role.stop();
  }

  async stop(): Promise<void> {
    await this.stopEntityServers();
    await this.broker.close();
    await this.server.stop();
  }
}
