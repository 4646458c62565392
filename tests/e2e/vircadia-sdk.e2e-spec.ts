import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from './support/domain.js';
import { ALL_CONNECTED, SdkBrowser, type SdkVisitor } from './support/sdk-visitor.js';

describe('The Vircadia Web SDK, as npm has it', () => {
  let domain: Domain;
  let browser: SdkBrowser;
  let ada: SdkVisitor;
  let ben: SdkVisitor;

  beforeAll(async () => {
    domain = await Domain.start();
    browser = await SdkBrowser.open(domain);
    [ada, ben] = await Promise.all([
      browser.visit({ name: 'Ada', at: [0, 0, 0], toneHz: 440 }),
      browser.visit({ name: 'Ben', at: [2, 0, 0], toneHz: 620 }),
    ]);
  }, 90_000);

  afterAll(async () => {
    await browser?.close();
    await domain?.stop();
  }, 60_000);

  it('connects by its own API, and so do all that it speaks with', async () => {
    await Promise.all([ada.enter(), ben.enter()]);
    expect(await ada.states()).toEqual(ALL_CONNECTED);
    expect(await ben.states()).toEqual(ALL_CONNECTED);
  }, 40_000);
});
