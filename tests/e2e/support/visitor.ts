import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { openEars, record, type Sound } from './ears.js';
import { writeToneWav } from './tone.js';
import { within } from './within.js';

export interface VisitorOptions {
  name: string;
  /** Where to stand, in metres; the ground is y = 0. */
  at?: [number, number, number];
  yawDegrees?: number;
  /** What the fake microphone hears. Absent: no microphone is opened. */
  toneHz?: number;
  /** The page: the web client, or a page of ten lines that uses the SDK alone and draws nothing. Default client. */
  surface?: 'client' | 'sdk';
  /** Size of the page, in pixels; default 320 by 240. */
  viewport?: { width: number; height: number };
  /** Draw at most so often, for tests that look at single pictures: without a graphics card each frame takes time. */
  framesPerSecondMax?: number;
  /** Further parameters of the link. */
  query?: Record<string, string>;
  /** Start the browser through another program, for example one that enters a network namespace. */
  executablePath?: string;
  args?: string[];
}

/** What one hears during a while: two ears at 48 kHz, and what the browser itself had to invent meanwhile. */
export interface Hearing extends Sound {
  /** Samples that the browser's own jitter buffer made up because nothing had arrived in time. */
  concealedSamples: number;
}

export const chromiumPath = (): string =>
  process.env.CHROMIUM_BIN ??
  ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path)) ??
  'chromium';

/** For browsers without a screen, a loudspeaker and somebody who clicks. */
export const BROWSER_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--enable-unsafe-swiftshader',
];

/** How long a page may take for what it does at once, in ms: a browser that hangs answers never. */
const PAGE_MS_MAX = 10_000;

/** How long a browser may take to start, in ms. */
const LAUNCH_MS_MAX = 45_000;

const opened = new Set<Visitor>();

/** Closes every browser that a suite has opened, also those whose visitor did not get in. */
export async function everybodyLeaves(): Promise<void> {
  await Promise.all([...opened].map((visitor) => visitor.leave()));
}

/** A person with a browser of their own: its own process, profile and microphone. */
export class Visitor {
  private constructor(
    readonly name: string,
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly folder: string,
  ) {}

  /** Opens the link that takes one straight in, and waits until sound and data flow. */
  static async enter(url: string, options: VisitorOptions): Promise<Visitor> {
    const visitor = await Visitor.open(url, options);
    await visitor.untilConnected();
    return visitor;
  }

  static async open(url: string, options: VisitorOptions): Promise<Visitor> {
    const folder = mkdtempSync(join(tmpdir(), 'vicinity-visitor-'));
    const args = [...BROWSER_FLAGS, ...(options.args ?? [])];
    if (options.toneHz !== undefined) {
      const wav = join(folder, 'microphone.wav');
      writeToneWav(wav, options.toneHz);
      args.push(`--use-file-for-fake-audio-capture=${wav}`);
    }
    const launching = chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: options.executablePath ?? chromiumPath(),
      headless: true,
      timeout: LAUNCH_MS_MAX,
      args,
      bypassCSP: true,
      viewport: options.viewport ?? { width: 320, height: 240 },
      permissions: ['microphone'],
    });
    // Its own limit ends the browser; it does not cover all that happens until a page is there.
    const context = await within(LAUNCH_MS_MAX + 1_000, `${options.name}'s browser starts`, launching);
    const page =
      context.pages()[0] ?? (await within(PAGE_MS_MAX, `${options.name}'s browser opens a page`, context.newPage()));
    if (options.framesPerSecondMax !== undefined) {
      const slowing = context.addInitScript(drawSeldom, 1_000 / options.framesPerSecondMax);
      await within(PAGE_MS_MAX, `${options.name}'s browser is told to draw seldom`, slowing);
    }
    const link = new URL(url);
    const [x, y, z] = options.at ?? [0, 0, 0];
    const query = {
      name: options.name,
      at: `${x},${y},${z}`,
      yaw: String(options.yawDegrees ?? 0),
      mic: options.toneHz === undefined ? 'off' : 'on',
      voice: 'raw',
      quality: 'low',
      ...options.query,
    };
    for (const [key, value] of Object.entries(query)) link.searchParams.set(key, value);
    const visitor = new Visitor(options.name, page, context, folder);
    opened.add(visitor);
    page.on('pageerror', (error) => visitor.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') visitor.complaints.push(message.text());
    });
    const isSdkPage = (options.surface ?? process.env.E2E_SURFACE) === 'sdk';
    // Any document of the domain will do: the page must come from there, or browsers keep it from local addresses.
    if (isSdkPage) link.pathname = '/healthz';
    const arriving = page.goto(link.href, { waitUntil: 'commit', timeout: PAGE_MS_MAX });
    await within(PAGE_MS_MAX + 1_000, `${options.name}'s browser opens ${link.href}`, arriving);
    if (isSdkPage) {
      const added = page.addScriptTag({ type: 'module', content: SDK_PAGE });
      await within(PAGE_MS_MAX, `${options.name}'s page takes its script`, added);
    }
    return visitor;
  }

  /** Exceptions that nobody caught in the page. */
  readonly errors: string[] = [];

  /** What the page's console said, for the message of a failing test. */
  readonly complaints: string[] = [];

  async untilConnected(timeoutMs = 20_000): Promise<void> {
    await this.page
      .waitForFunction(() => window.vicinity?.client?.state === 'connected', undefined, { timeout: timeoutMs })
      .catch(async (cause: Error) => {
        const asked = this.ask('says its status', () => JSON.stringify(window.vicinity?.client?.status));
        const status = await asked.catch(String);
        const said = [...this.errors, ...this.complaints].slice(-10).join('\n');
        throw new Error(`${this.name} does not get in: ${status}\n${said}`, { cause });
      });
  }

  state(): Promise<string> {
    return this.ask('says its state', () => window.vicinity!.client.state);
  }

  sessionId(): Promise<number> {
    return this.ask('says its session', () => window.vicinity!.client.sessionId);
  }

  gatewayId(): Promise<string> {
    return this.ask('says its gateway', () => window.vicinity!.client.gatewayId);
  }

  /** Names of the avatars that this visitor sees, sorted. */
  sees(): Promise<string[]> {
    return this.ask('says whom it sees', () =>
      [...window.vicinity!.client.avatars.values()].map((avatar) => avatar.name).sort(),
    );
  }

  async untilSees(names: string[], timeoutMs = 10_000): Promise<void> {
    const wanted = JSON.stringify([...names].sort());
    await this.page
      .waitForFunction(
        (expected) =>
          JSON.stringify([...window.vicinity!.client.avatars.values()].map((avatar) => avatar.name).sort()) ===
          expected,
        wanted,
        { timeout: timeoutMs, polling: 50 },
      )
      .catch(async (cause: Error) => {
        const seen = await this.sees().then(JSON.stringify, String);
        throw new Error(`${this.name} sees ${seen} rather than ${wanted} after ${timeoutMs} ms`, { cause });
      });
  }

  /**
   * Begins to read what is said in the world chat with these first words, so many messages of it. Resolves as soon as the
   * page listens: what is said from then on cannot be missed, however busy the machine is. What it resolves to waits for
   * the messages and tells them in the order in which they came.
   */
  async startReading(firstWords: string, count = 1): Promise<(timeoutMs: number) => Promise<string[]>> {
    const listening = this.page.evaluateHandle(
      ({ start, wanted }) => {
        const texts: string[] = [];
        const all = new Promise<void>((resolve) => {
          const stop = window.vicinity!.client.on('message', ({ channel, text }) => {
            if (channel !== 'world' || !text?.startsWith(start)) return;
            if (texts.push(text) < wanted) return;
            stop();
            resolve();
          });
        });
        // In an object, because a promise alone would be waited for before anything is said.
        return { texts, all };
      },
      { start: firstWords, wanted: count },
    );
    const reading = await within(PAGE_MS_MAX, `${this.name} begins to read`, listening);
    return async (timeoutMs) => {
      const step = `${this.name} reads ${count} of "${firstWords}"`;
      try {
        return await within(
          timeoutMs,
          step,
          reading.evaluate(({ texts, all }) => all.then(() => texts)),
        );
      } catch (cause) {
        const inLog = await this.ask('says what it has read', () =>
          window.vicinity!.client.channels.messages('world').map(({ text }) => text),
        ).then((texts) => JSON.stringify(texts.slice(-count - 5)), String);
        throw new Error(`${(cause as Error).message}; the newest in its log: ${inLog}`, { cause });
      }
    };
  }

  /** Stands somewhere at once. */
  async stand(at: [number, number, number], yawDegrees: number): Promise<void> {
    const standing = this.page.evaluate(
      ({ x, y, z, yawRad }) =>
        window.vicinity!.client.localAvatar.setPose({
          position: { x, y, z },
          orientation: { x: 0, y: Math.sin(yawRad / 2), z: 0, w: Math.cos(yawRad / 2) },
        }),
      { x: at[0], y: at[1], z: at[2], yawRad: (yawDegrees * Math.PI) / 180 },
    );
    await within(PAGE_MS_MAX, `${this.name} stands elsewhere`, standing);
  }

  /** Listens to the received track itself, before any volume of the page. */
  async listen(durationMs: number): Promise<Hearing> {
    await this.openEars();
    const before = await this.concealedSamples();
    const sound = await record(this.page, this.name, durationMs);
    return { ...sound, concealedSamples: (await this.concealedSamples()) - before };
  }

  private async openEars(): Promise<void> {
    if (!(await openEars(this.page, this.name))) return;
    const attaching = this.page.evaluate(async () => {
      const { client } = window.vicinity!;
      client.on('mixTrack', () => window.hear!(client.mixStream));
      window.hear!(client.mixStream);
      await new Promise((resolve) => setTimeout(resolve, 500));
    });
    await within(PAGE_MS_MAX, `${this.name} puts its ears to the mix`, attaching);
  }

  private async concealedSamples(): Promise<number> {
    const asking = this.page.evaluate(async () => (await window.vicinity!.client.stats()).concealedSamples);
    return within(PAGE_MS_MAX, `${this.name} says what its browser has made up`, asking);
  }

  async leave(): Promise<void> {
    opened.delete(this);
    await within(2 * PAGE_MS_MAX, `${this.name} closes the browser`, this.context.close());
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the page answers at once. */
  private ask<T>(step: string, question: () => T): Promise<T> {
    return within(PAGE_MS_MAX, `${this.name} ${step}`, this.page.evaluate(question));
  }
}

/** Makes a page's frames so many ms apart. Runs in the page. */
function drawSeldom(intervalMs: number): void {
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) => window.setTimeout(() => request(draw), intervalMs);
}

/** The script of a page that somebody else could have written. */
const SDK_PAGE = `
  import { WorldClient } from '/sdk.js';
  const query = new URLSearchParams(location.search);
  const [x, y, z] = query.get('at').split(',').map(Number);
  const yawRad = (Number(query.get('yaw')) * Math.PI) / 180;
  const client = new WorldClient();
  window.vicinity = { client };
  if (query.get('mic') === 'on') await client.microphone.start({ processing: false });
  await client.join({
    traits: { name: query.get('name') },
    pose: { position: { x, y, z }, orientation: { x: 0, y: Math.sin(yawRad / 2), z: 0, w: Math.cos(yawRad / 2) } },
  });`;
