import { type AssetStoreSettings, openBlobStore } from '@app/assets';
import { type Broker, BrokerError, NatsBroker } from '@app/broker';
import { type Clock, SystemClock } from '@app/clock';
import { AssetShelf, EditSender, type KeptWorld, WorldCatalogue } from '@app/keeper';
import { isWorldName } from '@app/world';
import { randomUUID } from 'node:crypto';
import { CliError } from '../cli.errors.js';
import { PORT_OFFSET } from '../process-plan.js';
import type { WorldArguments } from './world-arguments.js';

/** How long to try to reach the broker, in ms: it is running already, or it is not. */
const CONNECT_MS = 2_000;

/** One command's connection to a domain. */
export class WorldSession {
  private openedShelf: Promise<AssetShelf> | undefined;

  /** Connects; fails with `cli-domain-unreachable`. */
  static async open(domain: WorldArguments['domain']): Promise<WorldSession> {
    const { natsUrl, portBase } = domain;
    const url = natsUrl ?? `nats://127.0.0.1:${portBase + PORT_OFFSET.broker}`;
    const clock = new SystemClock();
    let broker: NatsBroker | undefined;
    try {
      broker = await NatsBroker.connect({ url, name: 'vicinity-world', connectTimeoutMs: CONNECT_MS });
      return new WorldSession(broker, clock, await WorldCatalogue.open(broker, clock), domain);
    } catch (cause) {
      await broker?.close();
      if (!(cause instanceof BrokerError)) throw cause;
      const sentence = `No broker with storage answers at ${url}; is the domain running, and is --port-base or --nats-url right?`;
      throw new CliError('cli-domain-unreachable', sentence, { cause });
    }
  }

  private constructor(
    readonly broker: Broker,
    readonly clock: Clock,
    readonly catalogue: WorldCatalogue,
    private readonly assetStore: AssetStoreSettings,
  ) {}

  /** Milliseconds since 1970-01-01 UTC. */
  nowMs(): number {
    return this.clock.wallMs();
  }

  /** A world that is there. Fails with `cli-usage` for what is no name, or with `world-unknown`. */
  async world(name: string): Promise<KeptWorld> {
    checkWorldName(name);
    return this.catalogue.get(name);
  }

  /** The domain's assets. */
  shelf(): Promise<AssetShelf> {
    const { broker, clock } = this;
    this.openedShelf ??= openBlobStore(this.assetStore, broker).then((blobs) => new AssetShelf(broker, blobs, clock));
    return this.openedShelf;
  }

  /** Sends edits to a world, as the operator. */
  sender(world: string): EditSender {
    return new EditSender(this.broker, this.clock, { world, runId: `operator-${randomUUID()}`.slice(0, 40) });
  }

  async close(): Promise<void> {
    this.catalogue.close();
    await this.broker.close();
  }
}

/** Fails with `cli-usage` for what can be no world's name. */
export function checkWorldName(name: string): void {
  if (isWorldName(name)) return;
  const shown = JSON.stringify(name.slice(0, 64));
  throw new CliError('cli-usage', `${shown} is no name of a world: 1 to 32 small letters, digits and dashes.`);
}
