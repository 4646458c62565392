import { describe, expect, it } from '@jest/globals';
import { natsConfig } from './nats-config.js';

const config = (versionText: string): string =>
  natsConfig({
    serverName: 'vicinity-1',
    port: 10,
    monitoringPort: 11,
    storeDir: '/a "b"',
    pidFile: '/p',
    versionText,
  });

describe('natsConfig', () => {
  it('listens on loopback only', () => {
    expect(config('v2.9.10')).toContain('listen: "127.0.0.1:10"\nhttp: "127.0.0.1:11"');
  });

  it('quotes paths', () => {
    expect(config('v2.9.10')).toContain('store_dir: "/a \\"b\\""');
  });

  it.each([
    ['nats-server: v2.9.10', false],
    ['nats-server: v2.10.0', true],
    ['nats-server: v2.11.3-preview.1', true],
    ['nats-server: v3.0.0', true],
    ['something else', false],
  ])('syncs every message where the server knows how: %s', (versionText, syncs) => {
    expect(config(versionText).includes('sync_interval: always')).toBe(syncs);
  });
});
