import type { Clock, Random } from '@app/clock';
import { type Instance, type Logger, signUploadTicket, type UploadClaim } from '@app/runtime';
import type { GatewayActor } from '../gateway.actor.js';
import type { GatewayMetrics } from '../gateway.metrics.js';
import type { GatewaySettings } from '../gateway.settings.js';
import { AssetClient } from './assets/asset-client.js';
import { AssetDesk } from './assets/asset-desk.js';
import { permissionsOf } from './domain/permissions.js';
import { VircadiaDomain } from './domain/vircadia-domain.js';
import { NodeAddresses, resolveAnnounced } from './edge/node-addresses.js';
import { UdpEdge } from './edge/udp-edge.js';
import { UdpSockets } from './edge/udp-sockets.js';
import { VircadiaWebEdge } from './edge/web-edge.js';
import type { WebTransportFactory } from './edge/web-link.js';
import { TRANSLATORS } from './translate/translators.js';

/** What the gateway provides. */
export interface VircadiaParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: GatewayMetrics;
  readonly instance: Instance;
  readonly gateway: GatewayActor;
  readonly makeWebTransport: WebTransportFactory;
  /** With which upload tickets are signed. */
  uploadKey(): Uint8Array;
}

/** The doors for clients of Vircadia's protocol. */
export interface VircadiaDoors {
  /** Listens; fails when a port is taken. */
  start(): Promise<void>;
  /** Lets nobody new in. */
  stopListening(): void;
  /** Ends everything that is still open. A second call is harmless. */
  close(): void;
}

/** Puts together what lets clients of Vircadia's protocol in; undefined when the settings keep them out. */
export function assembleVircadia(settings: GatewaySettings, parts: VircadiaParts): VircadiaDoors | undefined {
  const { clock, random, logger, metrics, instance, gateway } = parts;
  const { vircadiaPort: port, listenAddress, announcedAddress } = settings;
  if (port === 0) return undefined;
  const gatewayId = instance.instanceId;
  let addresses = new NodeAddresses(listenAddress, undefined, clock);
  const assetClient = makeAssetClient(settings, clock);
  const signTicket = (claim: UploadClaim): string => signUploadTicket(claim, parts.uploadKey());
  const domain = new VircadiaDomain({
    clock,
    random,
    metrics,
    logger,
    gatewayId,
    gateway,
    permissions: permissionsOf(settings),
    translators: TRANSLATORS,
    translatorGround: {
      clock,
      random,
      metrics,
      gatewayId,
      avatarsOf: (world) => gateway.avatarsOf(world),
      avatarUrl: settings.vircadiaAvatarUrl ?? '',
      assets: assetClient && new AssetDesk(assetClient, clock, signTicket, settings.uploads === 'everyone'),
    },
    socketsOf: (node, address, isWeb) => addresses.socketsOf(node, port, address, isWeb),
  });
  const udp = new UdpEdge(new UdpSockets(port, listenAddress, logger), domain, clock, logger, metrics);
  const makeTransport = parts.makeWebTransport;
  const web = new VircadiaWebEdge({ ...settings, port }, { clock, metrics, entrance: domain, makeTransport }, logger);
  return {
    start: async () => {
      addresses = new NodeAddresses(listenAddress, await resolveAnnounced(announcedAddress), clock);
      await udp.start();
      try {
        await web.start();
      } catch (error) {
        // It is tried again, with both.
        udp.close();
        throw error;
      }
      domain.start();
      logger.info({ vircadiaPort: port }, 'Clients of Vircadia can come.');
    },
    stopListening: () => web.stopListening(),
    close: () => {
      domain.close();
      udp.close();
      web.close();
      assetClient?.close();
    },
  };
}

/** Undefined when there is no asset-server. */
function makeAssetClient(
  { assetServerUrl, assetsUrl, assetsPort }: GatewaySettings,
  clock: Clock,
): AssetClient | undefined {
  const url = assetServerUrl ?? assetsUrl ?? (assetsPort > 0 ? `http://127.0.0.1:${assetsPort}` : undefined);
  return url === undefined ? undefined : new AssetClient(clock, url);
}
