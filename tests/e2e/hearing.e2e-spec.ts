import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Domain } from './support/domain.js';
import { toneLevelDb } from './support/tone.js';
import { everybodyLeaves, Visitor, type Hearing } from './support/visitor.js';

// Far enough apart that no tone is near another one's first harmonic.
const ADA_HZ = 300;
const BEN_HZ = 440;
const CLEO_HZ = 700;

/** A wish has to be heard within this time, in ms. */
const WITHIN_MS = 1_000;
/** What is this much softer than before is only what the codec and the browser make of other tones, in dB. */
const GONE_DB = 35;

/** Level of a tone in both ears together, in dB. */
function levelDb({ left, right }: Hearing, toneHz: number): number {
  return 10 * Math.log10(10 ** (toneLevelDb(left, toneHz) / 10) + 10 ** (toneLevelDb(right, toneHz) / 10));
}

const pause = (durationMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, durationMs));

describe('Wishes about what is heard, with two gateways and two mixers', () => {
  let domain: Domain;
  let ada: Visitor;
  let ben: Visitor;
  let cleo: Visitor;
  let adaId: number;
  let benId: number;
  let cleoId: number;
  /** How loud Ada and Ben hear each other, and Cleo both, when nobody wishes anything; in dB. */
  let usual: { adaHearsBen: number; adaHearsCleo: number; benHearsAda: number; cleoHearsAda: number };

  /** Levels of the moment, in dB, in half a second. */
  async function listen(): Promise<typeof usual & { cleoHearsBen: number }> {
    const [adaHears, benHears, cleoHears] = await Promise.all([ada.listen(500), ben.listen(500), cleo.listen(500)]);
    return {
      adaHearsBen: levelDb(adaHears, BEN_HZ),
      adaHearsCleo: levelDb(adaHears, CLEO_HZ),
      benHearsAda: levelDb(benHears, ADA_HZ),
      cleoHearsAda: levelDb(cleoHears, ADA_HZ),
      cleoHearsBen: levelDb(cleoHears, BEN_HZ),
    };
  }

  beforeAll(async () => {
    domain = await Domain.start({ args: ['--gateways', '2', '--audio-mixers', '2'] });
    const enter = (name: string, at: [number, number, number], toneHz: number): Promise<Visitor> =>
      Visitor.enter(domain.url, { name, at, toneHz, surface: 'sdk' });
    [ada, ben, cleo] = await Promise.all([
      enter('Ada', [0, 0, 20], ADA_HZ),
      enter('Ben', [1.5, 0, 20], BEN_HZ),
      enter('Cleo', [0.75, 0, 17], CLEO_HZ),
    ]);
    await Promise.all([ada.untilSees(['Ben', 'Cleo']), ben.untilSees(['Ada', 'Cleo']), cleo.untilSees(['Ada', 'Ben'])]);
    [adaId, benId, cleoId] = await Promise.all([ada.sessionId(), ben.sessionId(), cleo.sessionId()]);
    await listen();
    await pause(1_000);
    usual = await listen();
  }, 90_000);

  /** Nobody wishes anything any more, and everybody hears so. */
  afterEach(async () => {
    await ada.page.evaluate(
      (people) => {
        const { hearing } = window.vicinity!.client;
        for (const sessionId of people) {
          hearing.setGain(sessionId, 1);
          hearing.ignore(sessionId, false);
        }
        hearing.solo([]);
        hearing.setPersonalSpace(0);
      },
      [benId, cleoId],
    );
    await pause(WITHIN_MS);
  });

  afterAll(async () => {
    await everybodyLeaves();
    await domain?.stop();
  }, 60_000);

  it('start with everybody hearing everybody', () => {
    for (const level of Object.values(usual)) expect(level).toBeGreaterThan(-40);
  });

  it('keep two apart within a second of one ignoring the other, and a third hears both; then bring them back', async () => {
    await ada.page.evaluate((sessionId) => window.vicinity!.client.hearing.ignore(sessionId, true), benId);
    await pause(WITHIN_MS);
    const apart = await listen();
    expect(apart.adaHearsBen).toBeLessThan(usual.adaHearsBen - GONE_DB);
    expect(apart.benHearsAda).toBeLessThan(usual.benHearsAda - GONE_DB);
    expect(Math.abs(apart.cleoHearsAda - usual.cleoHearsAda)).toBeLessThan(3);
    expect(apart.cleoHearsBen).toBeGreaterThan(-40);
    expect(Math.abs(apart.adaHearsCleo - usual.adaHearsCleo)).toBeLessThan(3);
    await ada.page.evaluate((sessionId) => window.vicinity!.client.hearing.ignore(sessionId, false), benId);
    await pause(WITHIN_MS);
    const together = await listen();
    expect(Math.abs(together.adaHearsBen - usual.adaHearsBen)).toBeLessThan(3);
    expect(Math.abs(together.benHearsAda - usual.benHearsAda)).toBeLessThan(3);
  }, 60_000);

  it('hold when the one who wishes comes back through a new connection', async () => {
    await ada.page.evaluate((sessionId) => window.vicinity!.client.hearing.ignore(sessionId, true), benId);
    await pause(WITHIN_MS);
    await ada.page.evaluate(() => window.vicinity!.client.reconnect());
    await ada.untilConnected();
    expect(await ada.sessionId()).toBe(adaId);
    await pause(WITHIN_MS + 500);
    const apart = await listen();
    expect(apart.adaHearsBen).toBeLessThan(usual.adaHearsBen - GONE_DB);
    expect(apart.benHearsAda).toBeLessThan(usual.benHearsAda - GONE_DB);
    expect(Math.abs(apart.adaHearsCleo - usual.adaHearsCleo)).toBeLessThan(3);
  }, 60_000);

  it('make one person 12 dB softer with a gain of a quarter, for one listener', async () => {
    await ada.page.evaluate((sessionId) => window.vicinity!.client.hearing.setGain(sessionId, 0.25), benId);
    await pause(WITHIN_MS);
    const { adaHearsBen, adaHearsCleo, benHearsAda } = await listen();
    expect(usual.adaHearsBen - adaHearsBen).toBeGreaterThan(10.5);
    expect(usual.adaHearsBen - adaHearsBen).toBeLessThan(13.5);
    expect(Math.abs(adaHearsCleo - usual.adaHearsCleo)).toBeLessThan(3);
    expect(Math.abs(benHearsAda - usual.benHearsAda)).toBeLessThan(3);
  }, 60_000);

  it('let one be heard alone, and keep those out who are too near', async () => {
    await ada.page.evaluate((sessionId) => window.vicinity!.client.hearing.solo([sessionId]), cleoId);
    await pause(WITHIN_MS);
    const alone = await listen();
    expect(alone.adaHearsBen).toBeLessThan(usual.adaHearsBen - GONE_DB);
    expect(Math.abs(alone.adaHearsCleo - usual.adaHearsCleo)).toBeLessThan(3);
    expect(Math.abs(alone.benHearsAda - usual.benHearsAda)).toBeLessThan(3);
    await ada.page.evaluate(() => {
      window.vicinity!.client.hearing.solo([]);
      // Ben is 1.5 m away, Cleo 3 m; a space has a soft edge.
      window.vicinity!.client.hearing.setPersonalSpace(2);
    });
    await pause(WITHIN_MS);
    const kept = await listen();
    expect(kept.adaHearsBen).toBeLessThan(usual.adaHearsBen - GONE_DB);
    expect(kept.benHearsAda).toBeLessThan(usual.benHearsAda - GONE_DB);
    expect(Math.abs(kept.adaHearsCleo - usual.adaHearsCleo)).toBeLessThan(3);
  }, 60_000);

  it('give nobody a megaphone unless the operator says so', async () => {
    const code = await ada.page.evaluate(() => {
      try {
        window.vicinity!.client.hearing.setMegaphone(true);
        return 'granted';
      } catch (error) {
        return (error as { code: string }).code;
      }
    });
    expect(code).toBe('megaphone-not-allowed');
  });

  it('can be made in the list of people by keyboard alone, which keeps the focus while the list lives on', async () => {
    const dan = await Visitor.enter(domain.url, { name: 'Dan', at: [3, 0, 20], query: { render: 'off' } });
    await dan.untilSees(['Ada', 'Ben', 'Cleo']);
    const { page } = dan;
    await page.keyboard.press('p');
    await page.locator('.person-head', { hasText: 'Ben' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowLeft');
    await pause(WITHIN_MS);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    const wishes = await page.evaluate((sessionId) => {
      const { hearing } = window.vicinity!.client;
      return { gain: hearing.gainOf(sessionId), isIgnored: hearing.isIgnored(sessionId) };
    }, benId);
    expect(wishes).toEqual({ gain: 0.8, isIgnored: true });
    expect(await page.getByRole('button', { name: /^Ignore Ben/ }).getAttribute('aria-pressed')).toBe('true');
    expect(await page.getByRole('button', { name: /megaphone/i }).count()).toBe(0);
    expect(dan.errors).toEqual([]);
    await dan.leave();
  }, 60_000);
});
