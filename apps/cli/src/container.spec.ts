import { describe, expect, it } from '@jest/globals';
import { isInContainer } from './container.js';

describe('isInContainer', () => {
  it('knows Docker and Podman by the files they leave', () => {
    expect(isInContainer({}, (path) => path === '/.dockerenv')).toBe(true);
    expect(isInContainer({}, (path) => path === '/run/.containerenv')).toBe(true);
  });

  it('knows Kubernetes by what it tells its containers', () => {
    expect(isInContainer({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, () => false)).toBe(true);
  });

  it('takes an ordinary machine for one', () => {
    expect(isInContainer({ PATH: '/usr/bin' }, () => false)).toBe(false);
  });
});
