import type { NetworkInterfaceInfo } from 'node:os';
import { SimClock } from '@app/testing';
import { describe, expect, it } from '@jest/globals';
import { NodeAddresses, nearestAddress } from './node-addresses.js';

const entry = (address: string, netmask: string, internal = false): NetworkInterfaceInfo => ({
  ...{ address, netmask, internal, family: 'IPv4' as const },
  ...{ mac: '00:00:00:00:00:00', cidr: null },
});
const INTERFACES = {
  lo: [entry('127.0.0.1', '255.0.0.0', true)],
  eth0: [entry('192.168.1.5', '255.255.255.0')],
  eth1: [entry('10.1.2.3', '255.0.0.0')],
};

describe('Where clients are told to reach the nodes', () => {
  it('is asked of the system every five seconds at most, however many knock', () => {
    const clock = new SimClock();
    let askedCount = 0;
    const addresses = new NodeAddresses('0.0.0.0', undefined, clock, () => {
      askedCount++;
      return INTERFACES;
    });
    for (let second = 0; second < 10; second++) {
      for (let client = 0; client < 20; client++) addresses.socketsOf('W', 40_102, `198.51.100.${client}`, false);
      clock.advance(1_000);
    }
    expect(askedCount).toBe(2);
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['192.168.1.77', '192.168.1.5'],
    ['10.200.0.1', '10.1.2.3'],
    ['203.0.113.1', '192.168.1.5'],
    ['::ffff:10.9.9.9', '10.1.2.3'],
    ['2001:db8::1', '192.168.1.5'],
  ])('is for %s the address %s of a machine with several', (client, expected) => {
    expect(nearestAddress(client, INTERFACES)).toBe(expected);
  });

  it.each([
    ['0.0.0.0', undefined, '192.168.1.5', '192.168.1.5'],
    ['192.0.2.9', undefined, '192.0.2.9', '192.0.2.9'],
    ['0.0.0.0', '203.0.113.50', '203.0.113.50', '192.168.1.5'],
  ])('is with %s and %s: %s from afar, %s nearby', (listen, announced, publicAddress, localAddress) => {
    const addresses = new NodeAddresses(listen, announced, new SimClock(), () => INTERFACES);
    const { publicSocket, localSocket } = addresses.socketsOf('W', 40_102, '198.51.100.1', false);
    expect(publicSocket).toEqual({ type: 1, host: { kind: 'ipv4', address: publicAddress }, port: 40_105 });
    expect(localSocket).toEqual({ type: 1, host: { kind: 'ipv4', address: localAddress }, port: 40_105 });
  });

  it('is nothing of use to web clients, but the same always', () => {
    const addresses = new NodeAddresses('0.0.0.0', undefined, new SimClock(), () => INTERFACES);
    const { publicSocket } = addresses.socketsOf('M', 40_102, '198.51.100.1', true);
    expect(publicSocket).toEqual({ type: 2, host: { kind: 'ipv4', address: '127.0.0.1' }, port: 0 });
  });
});
