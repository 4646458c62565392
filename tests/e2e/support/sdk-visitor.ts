import { readFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import { openEars, record, type Sound } from './ears.js';
import type { Domain } from './domain.js';
import { BROWSER_FLAGS, chromiumPath } from './visitor.js';
import { within } from './within.js';

/** Where a domain has its port for clients of Vircadia, and where these pages come from, counted from its base. */
const VIRCADIA_PORT = 2;
const PAGES_PORT = 95;
/** How long a page may take for what it does at once, in ms. */
const PAGE_MS_MAX = 10_000;
const LAUNCH_MS_MAX = 45_000;
const CONTENT_TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html' };

const PAGE = fileURLToPath(new URL('vircadia-page.html', import.meta.url));
const SDK = dirname(createRequire(import.meta.url).resolve('@vircadia/web-sdk'));

export interface SdkVisitorOptions {
  name: string;
  /** Where to stand, in metres. */
  at?: [number, number, number];
  /** What the microphone hears; absent: none is opened. */
  toneHz?: number;
}

/** What each of the SDK's objects says of itself. */
export interface SdkStates {
  domain: string;
  audio: string;
  avatars: string;
  messages: string;
  entities: string;
}

export const ALL_CONNECTED: SdkStates = {
  domain: 'CONNECTED',
  audio: 'CONNECTED',
  avatars: 'CONNECTED',
  messages: 'CONNECTED',
  entities: 'CONNECTED',
};

/** Somebody else, as the SDK knows them. */
export interface SdkAvatar {
  id: string;
  name: string;
  position: { x: number; y: number; z: number };
  orientation: { x: number; y: number; z: number; w: number };
}

/** A host for pages that use the Vircadia Web SDK as npm has it, and one browser to open them in. */
export class SdkBrowser {
  private constructor(
    private readonly domain: Domain,
    private readonly server: Server,
    private readonly browser: Browser,
  ) {}

  static async open(domain: Domain): Promise<SdkBrowser> {
    const server = createServer((request, response) => {
      const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
      const path = name === '' ? PAGE : /^[\w.-]+$/.test(name) ? join(SDK, name) : '';
      readFile(path).then(
        (bytes) => response.writeHead(200, { 'Content-Type': CONTENT_TYPES[extname(path)] ?? 'text/plain' }).end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(domain.portBase + PAGES_PORT, '127.0.0.1', resolve);
    });
    const launching = chromium.launch({
      executablePath: chromiumPath(),
      headless: true,
      timeout: LAUNCH_MS_MAX,
      // The SDK would greet a server of the predecessor's at each start.
      args: [...BROWSER_FLAGS, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'],
    });
    const browser = await within(LAUNCH_MS_MAX + 1_000, 'A browser for the SDK starts', launching);
    return new SdkBrowser(domain, server, browser);
  }

  /** A person with a page of their own, who does not connect yet. */
  async visit(options: SdkVisitorOptions): Promise<SdkVisitor> {
    const { name, at = [0, 0, 0], toneHz = 0 } = options;
    const context = await within(PAGE_MS_MAX, `${name} gets a profile`, this.browser.newContext());
    const page = await within(PAGE_MS_MAX, `${name} gets a page`, context.newPage());
    const visitor = new SdkVisitor(name, page, context, `ws://127.0.0.1:${this.domain.portBase + VIRCADIA_PORT}`);
    const query = new URLSearchParams({ name, at: at.join(','), tone: String(toneHz) });
    const link = `http://127.0.0.1:${this.domain.portBase + PAGES_PORT}/?${query.toString()}`;
    await within(PAGE_MS_MAX, `${name} opens the page`, page.goto(link, { waitUntil: 'commit' }));
    const ready = page.waitForFunction(() => window.sdk !== undefined, undefined, {
      polling: 50,
      timeout: PAGE_MS_MAX,
    });
    await within(PAGE_MS_MAX + 1_000, `${name}'s page is ready`, ready).catch((cause: Error) => {
      throw new Error(`${cause.message}\n${visitor.said.slice(-10).join('\n')}`, { cause });
    });
    return visitor;
  }

  async close(): Promise<void> {
    await within(2 * PAGE_MS_MAX, 'The browser for the SDK ends', this.browser.close());
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A person on a page that uses the Vircadia Web SDK. */
export class SdkVisitor {
  /** What the page's console said when, and what nobody caught, for the message of a failing test. */
  readonly said: string[] = [];

  constructor(
    readonly name: string,
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly url: string,
  ) {
    const openedAt = Date.now();
    const say = (text: string): void => void this.said.push(`${Date.now() - openedAt} ms ${text}`);
    page.on('pageerror', (error) => say(String(error)));
    page.on('console', (message) => say(`${message.type()}: ${message.text()}`));
  }

  /** Connects by the SDK's own means, and waits until all that it speaks with is there. */
  async enter(timeoutMs = 20_000): Promise<void> {
    await this.do('connects', (url) => window.sdk!.domain.connect(url), this.url);
    await this.untilConnected(timeoutMs);
  }

  async untilConnected(timeoutMs: number): Promise<void> {
    const all = Object.keys(ALL_CONNECTED).length;
    await this.page
      .waitForFunction(
        (count) => Object.values(window.sdk!.states()).filter((state) => state === 'CONNECTED').length === count,
        all,
        { timeout: timeoutMs, polling: 50 },
      )
      .catch(async (cause: Error) => {
        const states = await this.states().then(JSON.stringify, String);
        throw new Error(`${this.name} is not connected: ${states}\n${this.said.slice(-20).join('\n')}`, { cause });
      });
  }

  states(): Promise<SdkStates> {
    return this.do('says its states', () => window.sdk!.states(), undefined);
  }

  others(): Promise<SdkAvatar[]> {
    return this.do('says whom it sees', () => window.sdk!.others(), undefined);
  }

  /** Listens to the SDK's stream. */
  async listen(durationMs: number): Promise<Sound> {
    if (await openEars(this.page, this.name)) {
      await this.do('puts its ears to the mix', () => window.hear!(window.sdk!.audio.audioOutput), undefined);
    }
    return record(this.page, this.name, durationMs);
  }

  /** Runs something in the page that it does at once. */
  do<A, T>(what: string, action: (argument: A) => T, argument: A): Promise<Awaited<T>> {
    // Playwright's own type asks for more than it needs.
    const doing = this.page.evaluate(action as (argument: unknown) => T, argument as unknown);
    return within(PAGE_MS_MAX, `${this.name} ${what}`, doing as Promise<Awaited<T>>);
  }

  /** Waits until something in the page is so. */
  async until<A>(what: string, isSo: (argument: A) => boolean, argument: A, timeoutMs: number): Promise<void> {
    await this.page
      .waitForFunction(isSo as (argument: unknown) => boolean, argument as unknown, { timeout: timeoutMs, polling: 30 })
      .catch((cause: Error) => {
        const last = this.said.slice(-10).join('\n');
        throw new Error(`${this.name} does not ${what} within ${timeoutMs} ms\n${last}`, { cause });
      });
  }

  async leave(): Promise<void> {
    await within(PAGE_MS_MAX, `${this.name} closes the page`, this.context.close());
  }
}
