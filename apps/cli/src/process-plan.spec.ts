import { describe, expect, it } from '@jest/globals';
import { audioMixerCount, gatewayPorts, planPorts, planProcesses, type PlanInput } from './process-plan.js';

const input: PlanInput = {
  portBase: 40_100,
  isPublic: false,
  announce: undefined,
  letsVircadiaIn: true,
  gateways: 1,
  audioMixers: 1,
  avatarMixers: 1,
  messaging: 1,
  entityServers: 1,
  natsUrl: 'nats://127.0.0.1:40110',
  assetWorkDir: '/data/assets',
  appsDir: '/dist/apps',
};

describe('The plan of a domain', () => {
  it('gives each gateway the ports that docs/operating.md lists', () => {
    expect([0, 1, 2].map((index) => gatewayPorts(input, index))).toEqual([
      { signaling: 40_120, media: 40_103, vircadia: 40_102 },
      { signaling: 40_122, media: 40_123, vircadia: 40_152 },
      { signaling: 40_124, media: 40_125, vircadia: 40_160 },
    ]);
    expect(gatewayPorts(input, 7).vircadia).toBe(0);
  });

  it('uses no port twice, with as many gateways as there can be', () => {
    const ports = planPorts({ ...input, gateways: 16 }, true).flatMap(({ port, protocols }) =>
      protocols.map((protocol) => `${port} ${protocol}`),
    );
    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.max(...ports.map((port) => Number.parseInt(port, 10)))).toBeLessThan(40_100 + 100);
  });

  it('keeps clients of Vircadia out when told so', () => {
    const closed = { ...input, letsVircadiaIn: false, gateways: 2 };
    expect(planPorts(closed, true).map(({ purpose }) => purpose)).not.toContain('clients of Vircadia');
    const gateways = planProcesses(closed).filter(({ role }) => role === 'gateway');
    expect(gateways.map(({ args }) => args.join(' ')).every((args) => args.includes('--vircadia-port 0'))).toBe(true);
  });

  it('listens on loopback unless it is public', () => {
    expect(planPorts(input, true).every(({ host }) => host === '127.0.0.1')).toBe(true);
    const flags = planProcesses(input).flatMap(({ args }) => args);
    expect(flags).not.toContain('0.0.0.0');
  });

  it('keeps the broker on loopback even when it is public', () => {
    const ports = planPorts({ ...input, isPublic: true }, true);
    expect(ports.filter(({ host }) => host === '127.0.0.1').map(({ port }) => port)).toEqual([40_110, 40_111]);
    expect(planPorts({ ...input, isPublic: true }, false).some(({ host }) => host === '127.0.0.1')).toBe(false);
  });

  it('tells gateways which address to announce', () => {
    const [gateway] = planProcesses({ ...input, isPublic: true, announce: '192.0.2.7' });
    expect(gateway.args.join(' ')).toContain('--listen-address 0.0.0.0 --announced-address 192.0.2.7');
  });

  it('runs as many processes of each role as asked', () => {
    const specs = planProcesses({
      ...input,
      gateways: 2,
      audioMixers: 3,
      avatarMixers: 2,
      messaging: 2,
      entityServers: 2,
    });
    expect(specs.map(({ slot }) => slot)).toEqual([
      ...['gateway-0', 'gateway-1', 'domain-server-0', 'audio-mixer-0', 'audio-mixer-1', 'audio-mixer-2'],
      ...['avatar-mixer-0', 'avatar-mixer-1', 'messaging-0', 'messaging-1', 'entity-server-0', 'entity-server-1'],
      'asset-server-0',
    ]);
  });

  it('gives entity-servers room for the many short-lived objects of edits', () => {
    const flagged = planProcesses(input).filter(({ nodeFlags }) => nodeFlags && nodeFlags.length > 0);
    expect(flagged.map(({ role, nodeFlags }) => [role, nodeFlags])).toEqual([
      ['entity-server', ['--max-semi-space-size=64']],
    ]);
  });

  it.each([
    ['auto', 1, 1],
    ['auto', 2, 1],
    ['auto', 4, 3],
    ['auto', 8, 6],
    ['auto', 16, 12],
    ['auto', 128, 64],
    ['3', 8, 3],
  ])('audio mixers %s on %i cores are %i', (setting, cores, count) => {
    expect(audioMixerCount(setting, cores)).toBe(count);
  });
});
