import type { Clock } from '@app/clock';
import { SOUND_FETCH_MS_MAX } from '@app/world';
import { lookup as lookupName } from 'node:dns';
import { get as getHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as getHttps } from 'node:https';
import { isIP } from 'node:net';
import { gatherBytes } from './asset-files.js';
import { SoundError } from './injector.errors.js';
import { isPublicAddress } from './public-address.js';

const REDIRECTS_MAX = 3;

/**
 * Files anywhere on the web. Whoever may place a sound chooses the address, so only public addresses are asked, whatever
 * their names resolve to, and whatever they redirect to.
 */
export class WebFiles {
  /** @param isAllowed  which IP addresses may be asked */
  constructor(
    private readonly clock: Clock,
    private readonly isAllowed: (address: string) => boolean = isPublicAddress,
  ) {}

  /** The bytes at an address. Rejects with SoundError. */
  async read(url: string): Promise<Uint8Array<ArrayBuffer>> {
    const end = new AbortController();
    const timer = this.clock.after(SOUND_FETCH_MS_MAX, () => end.abort());
    try {
      const response = await this.follow(url, end.signal);
      return await gatherBytes(response, Number(response.headers['content-length']) || 0);
    } catch (error) {
      if (error instanceof SoundError) throw error;
      throw new SoundError('sound-unavailable', 'The web address does not give its file.', { cause: error });
    } finally {
      timer.cancel();
      end.abort();
    }
  }

  private async follow(first: string, signal: AbortSignal): Promise<IncomingMessage> {
    let url = new URL(first);
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      const response = await this.ask(url, signal);
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) return response;
      response.destroy();
      const isElsewhere = statusCode >= 300 && statusCode < 400 && headers.location;
      if (!isElsewhere) throw new SoundError('sound-not-found', `The web address answers ${statusCode}.`);
      if (!URL.canParse(headers.location as string, url.href)) break;
      url = new URL(headers.location as string, url.href);
    }
    throw new SoundError('sound-not-found', 'The web address leads to others without end.');
  }

  private ask(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isForbidden = isIP(host) !== 0 && !this.isAllowed(host);
    if ((url.protocol !== 'http:' && url.protocol !== 'https:') || isForbidden) return Promise.reject(refused());
    const headers = { 'user-agent': 'vicinity', 'accept-encoding': 'identity' };
    // The address is checked where it is used, so that a name cannot lead elsewhere a moment later.
    const options: RequestOptions = { signal, headers, agent: false, lookup: this.lookup };
    return new Promise((resolve, reject) => {
      (url.protocol === 'https:' ? getHttps : getHttp)(url, options, resolve).on('error', reject);
    });
  }

  private readonly lookup: NonNullable<RequestOptions['lookup']> = (name, options, done) => {
    lookupName(name, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      const allowed = found.filter(({ address }) => this.isAllowed(address));
      if (allowed.length === 0) return done(refused(), '');
      if (options.all) done(null, allowed);
      else done(null, allowed[0].address, allowed[0].family);
    });
  };
}

function refused(): SoundError {
  return new SoundError('sound-url-refused', 'The web address is not one of the public internet.');
}
