import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { synthesiseVoice } from '../../apps/cli/src/bots/speech-synthesis.js';
import type { Figure } from '../bench-report.js';
import { MeasuredDomain } from './measured-domain.js';
import { total } from './users-scenario.js';

const RATE_HZ = 48_000;
const VOICE_SECONDS = 30;
const JOIN_MS_MAX = 45_000;
const SETTLE_MS = 3_000;

/** What pages of our own client were measured to take, and to get. */
export interface WebReading {
  readonly figures: Figure[];
  readonly note: string;
}

/** Measures a crowd of pages in a domain of its own, in real time. */
export async function measureWebUsers(
  count: number,
  seconds: number,
  profileDir: string | undefined,
): Promise<WebReading> {
  const profiles = profileDir ? join(profileDir, `web.n${count}`) : undefined;
  const domain = await MeasuredDomain.start({ factor: 1, profileDir: profiles });
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-bench-web-'));
  try {
    const context = await openBrowser(folder);
    try {
      const pages: Page[] = [];
      for (let index = 0; index < count; index++) pages.push(await openPage(context, domain.url, index, count));
      await Promise.all(pages.map(untilConnected));
      await sleep(SETTLE_MS);
      const concealed = await concealedSeconds(pages);
      const cpu = domain.cpuByRole();
      if (profiles) domain.toggleProfiles();
      const startMs = performance.now();
      await sleep(seconds * 1_000);
      const elapsedS = (performance.now() - startMs) / 1_000;
      if (profiles) domain.toggleProfiles();
      const used = new Map([...domain.cpuByRole()].map(([role, now]) => [role, now - (cpu.get(role) ?? 0)]));
      const inventedS = (await concealedSeconds(pages)) - concealed;
      return report(count, count * elapsedS, used, inventedS);
    } finally {
      await context.close();
    }
  } finally {
    await domain.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(count: number, userSeconds: number, cpu: ReadonlyMap<string, number>, inventedS: number): WebReading {
  const name = `web.n${count}`;
  const ms = (cpuSeconds: number): number => (1_000 * cpuSeconds) / userSeconds;
  const roles = [...cpu].sort(([, a], [, b]) => b - a);
  const figures: Figure[] = [
    { name: `users.per_core.${name}`, value: userSeconds / total(cpu), unit: 'users' },
    { name: `users.cpu_ms.total.${name}`, value: ms(total(cpu)), unit: 'ms per user and second' },
    ...roles.map(([role, used]) => ({
      name: `users.cpu_ms.${role}.${name}`,
      value: ms(used),
      unit: 'ms per user and second',
    })),
    { name: `users.concealed_share.${name}`, value: inventedS / userSeconds, unit: 'of the sound' },
  ];
  const parts = roles.map(([role, used]) => `${role} ${ms(used).toFixed(2)}`).join(', ');
  return {
    figures,
    note:
      `${(userSeconds / total(cpu)).toFixed(1)} users per core; real time, ms per user and second: ` +
      `${ms(total(cpu)).toFixed(2)} (${parts}); ${((100 * inventedS) / userSeconds).toFixed(2)} % of the sound was concealed`,
  };
}

async function openBrowser(folder: string): Promise<Awaited<ReturnType<typeof chromium.launchPersistentContext>>> {
  const wav = join(folder, 'voice.wav');
  writeVoiceWav(wav);
  return chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: process.env.CHROMIUM_BIN ?? ['/usr/bin/chromium'].find((path) => existsSync(path)) ?? 'chromium',
    headless: true,
    bypassCSP: true,
    viewport: { width: 320, height: 240 },
    permissions: ['microphone'],
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${wav}`,
      '--autoplay-policy=no-user-gesture-required',
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
    ],
  });
}

/** A page of ten lines that uses the SDK alone and walks around a place in the circle. */
async function openPage(
  context: Awaited<ReturnType<typeof openBrowser>>,
  url: string,
  index: number,
  count: number,
): Promise<Page> {
  const page = await context.newPage();
  // Any document of the domain will do: the page must come from there, or browsers keep it from local addresses.
  await page.goto(new URL('/healthz', url).href, { waitUntil: 'commit' });
  const angle = (2 * Math.PI * index) / count;
  const [x, z] = [5 * Math.cos(angle), 5 * Math.sin(angle)];
  await page.addScriptTag({
    type: 'module',
    content: `
      import { WorldClient } from '/sdk.js';
      const client = new WorldClient();
      window.vicinity = { client };
      await client.microphone.start({ processing: false });
      const poseAt = (turn) => ({
        position: { x: ${x} + Math.sin(turn), y: 0, z: ${z} + Math.cos(turn) },
        orientation: { x: 0, y: Math.sin(turn / 2), z: 0, w: Math.cos(turn / 2) },
      });
      await client.join({ traits: { name: 'Page ${index}' }, pose: poseAt(0) });
      setInterval(() => client.localAvatar.setPose(poseAt(performance.now() / 1000)), 1000 / 30);`,
  });
  return page;
}

async function untilConnected(page: Page): Promise<void> {
  await page.waitForFunction("window.vicinity?.client?.state === 'connected'", undefined, { timeout: JOIN_MS_MAX });
}

/** How much sound the browsers' jitter buffers have made up because nothing had arrived in time, in s. */
async function concealedSeconds(pages: readonly Page[]): Promise<number> {
  const samples = await Promise.all(
    pages.map((page) =>
      page.evaluate<number>('window.vicinity.client.stats().then((stats) => stats.concealedSamples)'),
    ),
  );
  return samples.reduce((sum, count) => sum + count, 0) / RATE_HZ;
}

/** A microphone's worth of speech, as 16-bit mono. */
function writeVoiceWav(path: string): void {
  const samples = synthesiseVoice(1, VOICE_SECONDS * RATE_HZ);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE_HZ, 24);
  header.writeUInt32LE(RATE_HZ * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  writeFileSync(path, Buffer.concat([header, Buffer.from(samples.buffer)]));
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
