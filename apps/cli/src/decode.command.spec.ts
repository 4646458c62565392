import { describe, expect, it } from '@jest/globals';
import { encodeMessage } from '@app/wire';
import fc from 'fast-check';
import { CliError } from './cli.errors.js';
import { decode } from './decode.command.js';

async function* input(...chunks: (string | Uint8Array)[]): AsyncIterable<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk as string);
}
const bytes = encodeMessage('RosterRequest', { instanceId: 'audio-mixer-1' });
const subject = 'vw.main.session.sync.audio-mixer-1';

describe('vicinity decode', () => {
  it.each([
    ['binary', bytes],
    ['hex', Buffer.from(bytes).toString('hex')],
    ['base64', `${Buffer.from(bytes).toString('base64')}\n`],
  ])('turns a %s payload into JSON', async (encoding, payload) => {
    const text = await decode([subject, '--encoding', encoding], input(payload));
    expect(JSON.parse(text)).toEqual({ instanceId: 'audio-mixer-1' });
  });

  it('decodes answers when told that it is one', async () => {
    const reply = encodeMessage('PostReply', { errorCode: 'x' });
    const text = await decode(['vw.main.message.post.a', '--reply'], input(reply.subarray(0, 2), reply.subarray(2)));
    expect(JSON.parse(text)).toEqual({ errorCode: 'x' });
  });

  it.each([
    [[], 'Which subject?'],
    [['vw.main'], 'is no subject of Vicinity'],
    [[subject, '--reply'], 'Nothing is answered'],
    [[subject, '--encoding', 'hex'], 'no hex'],
  ])('says what is wrong with %j', async (args, sentence) => {
    await expect(decode(args, input('zz'))).rejects.toThrow(sentence);
  });

  it('gives JSON or one sentence for any payload', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (payload) => {
        try {
          JSON.parse(await decode(['vw.main.audio.up.gateway-1'], input(payload)));
        } catch (error) {
          expect(error).toBeInstanceOf(CliError);
        }
      }),
    );
  });
});
