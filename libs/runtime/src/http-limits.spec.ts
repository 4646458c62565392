import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { limitNetworks } from './http-limits.js';

class FakeSocket extends EventEmitter {
  isDestroyed = false;

  constructor(readonly remoteAddress: string) {
    super();
  }

  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
}

describe('Connections of one network', () => {
  it('are so many at most, and give their places back', () => {
    const server = new EventEmitter();
    limitNetworks(server, 2);
    const connect = (address: string): FakeSocket => {
      const socket = new FakeSocket(address);
      server.emit('connection', socket);
      return socket;
    };
    const first = connect('2001:db8::1');
    expect(['2001:db8::2', '2001:db8::3', '192.0.2.1'].map((address) => connect(address).isDestroyed)).toEqual([
      false,
      true,
      false,
    ]);
    first.destroy();
    expect([connect('2001:db8::4').isDestroyed, connect('2001:db8::5').isDestroyed]).toEqual([false, true]);
  });
});
