import { AUDIO_MIXERS_PER_MACHINE_MAX } from '@app/world';
import { join } from 'node:path';
import { nodeFlagsOf } from './node-flags.js';

/** One process that the supervisor keeps running. */
export interface ProcessSpec {
  /** What logs and tests call this place, for example `gateway-0`; the process in it may change. */
  slot: string;
  role: string;
  /** Flags for Node, in front of the program. */
  nodeFlags?: readonly string[];
  /** Program for Node. */
  file: string;
  args: readonly string[];
  /** Places with a smaller number are drained first. */
  stopOrder: number;
  /**
   * The program is no role but the guard of another one: it takes no `--instance-id`, and it must never be killed,
   * because what it guards would go on. It ends both when its IPC channel closes.
   */
  isGuard?: boolean;
}

/** A port that must be free before anything starts. */
export interface PlannedPort {
  port: number;
  host: string;
  protocols: readonly ('tcp' | 'udp')[];
  purpose: string;
}

/** What the plan depends on; no file, clock or environment is looked at. */
export interface PlanInput {
  portBase: number;
  isPublic: boolean;
  announce: string | undefined;
  /** Whether gateways listen for clients of Vircadia. */
  letsVircadiaIn: boolean;
  gateways: number;
  audioMixers: number;
  avatarMixers: number;
  messaging: number;
  entityServers: number;
  natsUrl: string;
  /** Where the asset-server keeps uploads that are under way and files that were read lately. */
  assetWorkDir: string;
  appsDir: string;
}

/** In which order roles are drained: whoever has clients first, the broker (started elsewhere) last. */
export const STOP_ORDER = { gateway: 0, worker: 1, domainServer: 2, broker: 3 } as const;

/** Ports, counted from the base. */
export const PORT_OFFSET = {
  http: 0,
  vircadia: 2,
  media: 3,
  assets: 4,
  broker: 10,
  brokerMonitoring: 11,
  gateways: 20,
  moreVircadia: 52,
} as const;
/** UDP ports of a domain of Vircadia, counted from its first one, and how far apart two such are. */
const VIRCADIA_PORTS = [0, 2, 3, 4, 5, 6, 7];
const VIRCADIA_STRIDE = 8;
/** Gateways for which there are such ports among the hundred of a domain. */
const VIRCADIA_GATEWAYS_MAX = 7;

/** Of a gateway. */
interface GatewayPorts {
  signaling: number;
  media: number;
  /** 0: none. */
  vircadia: number;
}

/** Ports of the i-th gateway (from 0). There is none for clients of Vircadia after the seventh, or where none may come. */
export function gatewayPorts(
  { portBase, letsVircadiaIn }: Pick<PlanInput, 'portBase' | 'letsVircadiaIn'>,
  index: number,
): GatewayPorts {
  const signaling = portBase + PORT_OFFSET.gateways + 2 * index;
  const more = index < VIRCADIA_GATEWAYS_MAX ? portBase + PORT_OFFSET.moreVircadia + VIRCADIA_STRIDE * (index - 1) : 0;
  const isFirst = index === 0;
  return {
    signaling,
    media: isFirst ? portBase + PORT_OFFSET.media : signaling + 1,
    vircadia: !letsVircadiaIn ? 0 : isFirst ? portBase + PORT_OFFSET.vircadia : more,
  };
}

/**
 * Number of audio mixers for `auto`. A mixer uses one core, and most of what a person costs is mixing; a quarter of the
 * cores, at least one, is left to gateways, media workers, the broker and the others, who have the same people to serve.
 */
export function audioMixerCount(setting: string, cores: number): number {
  if (setting !== 'auto') return Number(setting);
  return Math.min(AUDIO_MIXERS_PER_MACHINE_MAX, Math.max(1, cores - Math.max(1, Math.round(cores / 4))));
}

/** All processes of a domain but the broker, in the order in which they are started. */
export function planProcesses(input: PlanInput): ProcessSpec[] {
  const host = input.isPublic ? '0.0.0.0' : '127.0.0.1';
  const common = ['--nats-url', input.natsUrl];
  const assetsPort = `${input.portBase + PORT_OFFSET.assets}`;
  const spec = (role: string, index: number, stopOrder: number, args: readonly string[] = []): ProcessSpec => ({
    slot: `${role}-${index}`,
    role,
    nodeFlags: nodeFlagsOf(role),
    file: join(input.appsDir, role, 'src/main.js'),
    args: [...common, ...args],
    stopOrder,
  });
  const several = (role: string, count: number): ProcessSpec[] =>
    Array.from({ length: count }, (_, index) => spec(role, index, STOP_ORDER.worker));
  const gateways = Array.from({ length: input.gateways }, (_, index) => {
    const { signaling, media, vircadia } = gatewayPorts(input, index);
    const ports = ['--signaling-port', `${signaling}`, '--media-port', `${media}`, '--assets-port', assetsPort];
    const args = [...ports, '--vircadia-port', `${vircadia}`, '--listen-address', host];
    const announced = input.announce ? ['--announced-address', input.announce] : [];
    return spec('gateway', index, STOP_ORDER.gateway, [...args, ...announced]);
  });
  const page = ['--http-port', `${input.portBase + PORT_OFFSET.http}`, '--listen-address', host];
  const files = ['--http-port', assetsPort, '--listen-address', host, '--asset-work-dir', input.assetWorkDir];
  return [
    // The gateway takes longest to start (its media workers), the domain-server is what people see first.
    ...gateways,
    spec('domain-server', 0, STOP_ORDER.domainServer, [...page, '--assets-port', assetsPort]),
    ...several('audio-mixer', input.audioMixers),
    ...several('avatar-mixer', input.avatarMixers),
    ...several('messaging', input.messaging),
    ...several('entity-server', input.entityServers),
    spec('asset-server', 0, STOP_ORDER.worker, files),
  ];
}

/** All ports of a domain. */
export function planPorts(input: PlanInput, ownsBroker: boolean): PlannedPort[] {
  const host = input.isPublic ? '0.0.0.0' : '127.0.0.1';
  const ports: PlannedPort[] = [
    { port: input.portBase + PORT_OFFSET.http, host, protocols: ['tcp'], purpose: 'web pages' },
    { port: input.portBase + PORT_OFFSET.assets, host, protocols: ['tcp'], purpose: 'files' },
  ];
  if (ownsBroker) {
    const local = { host: '127.0.0.1', protocols: ['tcp'] as const };
    ports.push({ port: input.portBase + PORT_OFFSET.broker, ...local, purpose: 'the broker' });
    ports.push({ port: input.portBase + PORT_OFFSET.brokerMonitoring, ...local, purpose: "the broker's monitoring" });
  }
  for (let index = 0; index < input.gateways; index++) {
    const { signaling, media, vircadia } = gatewayPorts(input, index);
    ports.push({ port: signaling, host, protocols: ['tcp'], purpose: 'signalling' });
    ports.push({ port: media, host, protocols: ['tcp', 'udp'], purpose: 'media' });
    for (const offset of vircadia === 0 ? [] : VIRCADIA_PORTS) {
      // Web clients begin on a WebSocket at the domain's.
      const protocols: PlannedPort['protocols'] = offset === 0 ? ['tcp', 'udp'] : ['udp'];
      ports.push({ port: vircadia + offset, host, protocols, purpose: 'clients of Vircadia' });
    }
  }
  return ports;
}
