import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type HearingWishes, NO_WISHES, packHearingWishes, vicinity } from '@app/wire';
import { amplitudeOf, type Guest, MixScene } from '../test/mix-scene.js';

const ADA_HZ = 400;
const BEN_HZ = 600;

/** Long enough for the fade, and for what is under way in the codec, in ms. */
const SETTLED_MS = 500;

describe('a mixer that is told of wishes', () => {
  let scene: MixScene;
  let ada: Guest;
  let ben: Guest;

  /** What a gateway says that a session wishes. */
  function wish(guest: Guest, wishes: Partial<HearingWishes>, gatewayId = guest.gatewayId): void {
    const bytes = packHearingWishes({ ...NO_WISHES, ...wishes });
    const entries = [{ sessionId: guest.sessionId, wishes: bytes }];
    scene.mixer.handleHearing('main', vicinity.v1.HearingTable.create({ gatewayId, entries }));
    scene.run(SETTLED_MS);
  }

  const adaHearsBen = (): number => amplitudeOf(ada.heard, BEN_HZ, 10);
  const benHearsAda = (): number => amplitudeOf(ben.heard, ADA_HZ, 10);

  beforeEach(() => {
    scene = new MixScene();
    ada = scene.add({ hz: ADA_HZ });
    ben = scene.add({ hz: BEN_HZ, gatewayId: 'gateway-b' });
    // A mix that is silent is not sent, so that somebody has to be heard all the time.
    scene.add({ hz: 900 });
    scene.run(SETTLED_MS);
  });

  afterEach(() => scene.close());

  it('lets neither hear the other when one ignores the other, and both again afterwards', () => {
    const usual = adaHearsBen();
    expect(usual).toBeGreaterThan(0.03);
    wish(ben, { ignored: new Set([ada.sessionId]) });
    expect(adaHearsBen()).toBeLessThan(usual / 100);
    expect(benHearsAda()).toBeLessThan(usual / 100);
    wish(ben, {});
    expect(adaHearsBen() / usual).toBeCloseTo(1, 1);
    expect(benHearsAda()).toBeGreaterThan(0.03);
  });

  it('keeps them apart when the one who ignores is served elsewhere', () => {
    ben.isListener = false;
    scene.tellRosters();
    const usual = adaHearsBen();
    wish(ben, { ignored: new Set([ada.sessionId]) });
    expect(adaHearsBen()).toBeLessThan(usual / 100);
  });

  it('makes one person louder or softer for one listener', () => {
    const [usual, other] = [adaHearsBen(), benHearsAda()];
    wish(ada, { gains: new Map([[ben.sessionId, 0.25]]) });
    expect(adaHearsBen() / usual).toBeCloseTo(0.25, 1);
    expect(benHearsAda() / other).toBeCloseTo(1, 1);
  });

  it('takes nothing from a gateway that does not have the session', () => {
    const usual = adaHearsBen();
    wish(ada, { ignored: new Set([ben.sessionId]) }, 'gateway-b');
    expect(adaHearsBen() / usual).toBeCloseTo(1, 1);
  });

  it('lets a megaphone be heard beyond the reach of any voice', () => {
    ben.x = 2_000;
    scene.run(3 * SETTLED_MS);
    const blocks = ada.heard.length;
    expect(amplitudeOf(ada.heard.slice(blocks - 5), BEN_HZ)).toBeLessThan(0.001);
    wish(ben, { hasMegaphone: true });
    expect(adaHearsBen()).toBeGreaterThan(0.03);
  });
});
