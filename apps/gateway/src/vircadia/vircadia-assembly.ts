import type { Clock, Random } from '@app/clock';
import type { Instance, Logger } from '@app/runtime';
import type { GatewayActor } from '../gateway.actor.js';
import type { GatewayMetrics } from '../gateway.metrics.js';
import type { GatewaySettings } from '../gateway.settings.js';
import { permissionsOf } from './domain/permissions.js';
import { VircadiaDomain } from './domain/vircadia-domain.js';
import { NodeAddresses, resolveAnnounced } from './edge/node-addresses.js';
import { UdpEdge } from './edge/udp-edge.js';
import { TRANSLATORS } from './translate/translators.js';

/** What the gateway provides. */
export interface VircadiaParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: GatewayMetrics;
  readonly instance: Instance;
  readonly gateway: GatewayActor;
}

/** The doors for clients of Vircadia's protocol. */
export interface VircadiaDoors {
  /** Listens; fails when a port is taken. */
  start(): Promise<void>;
  /** Ends everything that is still open. A second call is harmless. */
  close(): void;
}

/** Puts together what lets clients of Vircadia's protocol in; undefined when the settings keep them out. */
export function assembleVircadia(settings: GatewaySettings, parts: VircadiaParts): VircadiaDoors | undefined {
  const { clock, random, logger, metrics, instance, gateway } = parts;
  const { vircadiaPort: port, listenAddress, announcedAddress } = settings;
  if (port === 0) return undefined;
  const gatewayId = instance.instanceId;
  let addresses = new NodeAddresses(listenAddress, undefined);
  const domain = new VircadiaDomain({
    clock,
    random,
    metrics,
    gatewayId,
    gateway,
    permissions: permissionsOf(settings),
    translators: TRANSLATORS,
    translatorGround: { clock, random, metrics, logger, gatewayId },
    socketsOf: (node, address, isWeb) => addresses.socketsOf(node, port, address, isWeb),
  });
  const udp = new UdpEdge({ port, listenAddress }, domain, clock, logger, metrics);
  return {
    start: async () => {
      addresses = new NodeAddresses(listenAddress, await resolveAnnounced(announcedAddress));
      await udp.start();
      domain.start();
      logger.info({ vircadiaPort: port }, 'Clients of Vircadia can come.');
    },
    close: () => {
      domain.close();
      udp.close();
    },
  };
}
