import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { clientAddressOf } from './client-address.js';

const requestOf = (forwarded: string | string[] | undefined, remoteAddress: string | undefined): IncomingMessage =>
  ({ headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress } }) as unknown as IncomingMessage;

describe('The address that a request comes from', () => {
  it('is the one that our own proxy has seen, whatever the client has written before it', () => {
    expect(clientAddressOf(requestOf('198.51.100.1, 192.0.2.7 ', '127.0.0.1'), true)).toBe('192.0.2.7');
    expect(clientAddressOf(requestOf(['198.51.100.1', '192.0.2.7'], '127.0.0.1'), true)).toBe('192.0.2.7');
  });

  it('is that of the connection where no proxy is believed, or where it says nothing', () => {
    expect(clientAddressOf(requestOf('192.0.2.7', '127.0.0.1'), false)).toBe('127.0.0.1');
    expect(clientAddressOf(requestOf(undefined, '127.0.0.1'), true)).toBe('127.0.0.1');
    expect(clientAddressOf(requestOf('192.0.2.7, ', '127.0.0.1'), true)).toBe('127.0.0.1');
    expect(clientAddressOf(requestOf(undefined, undefined), true)).toBe('');
  });
});
