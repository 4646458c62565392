import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { mediaAddressesOf } from './media-addresses.js';

const entry = (address: string, internal: boolean, family: 'IPv4' | 'IPv6' = 'IPv4'): NetworkInterfaceInfo =>
  ({ address, internal, family }) as NetworkInterfaceInfo;
const interfaces = {
  lo: [entry('127.0.0.1', true), entry('::1', true, 'IPv6')],
  eth0: [entry('192.0.2.7', false), entry('fe80::1', false, 'IPv6')],
};

describe('mediaAddressesOf', () => {
  it('listens where it is told', () => {
    expect(mediaAddressesOf('127.0.0.1', undefined, interfaces)).toEqual([{ address: '127.0.0.1' }]);
  });

  it('tells clients what is announced', () => {
    expect(mediaAddressesOf('0.0.0.0', 'media.example', interfaces)).toEqual([
      { address: '0.0.0.0', announcedAddress: 'media.example' },
    ]);
  });

  it('never tells clients to connect to everywhere, and offers what others can reach first', () => {
    expect(mediaAddressesOf('0.0.0.0', undefined, interfaces)).toEqual([
      { address: '192.0.2.7' },
      { address: '127.0.0.1' },
    ]);
  });
});
