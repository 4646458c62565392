import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { JoinError } from './join.errors.js';
import { parseJoinRequest } from './join-request.js';
import { placeClient } from './placement.js';

const text = fc.option(
  fc.oneof(
    fc.string(),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((ip) => `[${ip}]:1`),
  ),
  { nil: undefined },
);

describe('Whatever a browser sends to /api/join', () => {
  it('gives a URL of our gateway at the host that was asked for, or a coded refusal', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        text,
        text,
        text,
        fc.boolean(),
        (world, hostHeader, forwardedHost, forwardedProto, trusts) => {
          try {
            const request = parseJoinRequest({ world, hostHeader, forwardedHost, forwardedProto }, ['main'], trusts);
            const member = {
              instanceId: 'g',
              load: 0,
              sessions: 0,
              sessionsMax: 0,
              signalingPort: 7,
              signalingUrl: '',
            };
            const { protocol, port, pathname, username, search, hash } = new URL(placeClient([member], request)[0].url);
            const isOurs = /^wss?:$/.test(protocol) && port === '7' && pathname === '/signal';
            return isOurs && username === '' && search === '' && hash === '';
          } catch (error) {
            // A name that looks right and is no address (1.2.3.4.5) is refused by URL in the browser as well.
            return error instanceof JoinError || (error as NodeJS.ErrnoException).code === 'ERR_INVALID_URL';
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
