import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readWebSignal, writeWebAnswer } from './web-signal.js';

const offer = { to: 'D', data: { description: { type: 'offer', sdp: 'v=0\r\n' } } };

describe('readWebSignal', () => {
  it.each([
    ['an offer', offer, { kind: 'offer', to: 'D', sdp: 'v=0\r\n' }],
    ['a candidate', { to: 'm', data: { candidate: { candidate: 'candidate:1', sdpMid: '0' } } }, { kind: 'candidate' }],
    ['an empty candidate', { to: 'o', data: { candidate: { candidate: '' } } }, { kind: 'candidate' }],
    ['an echo', { to: 'W', echo: [1, 'a'] }, { kind: 'echo', reply: '{"from":"W","echo":[1,"a"]}' }],
    ['an echo of nothing', { to: 'D', echo: null }, { kind: 'echo', reply: '{"from":"D","echo":null}' }],
  ])('reads %s', (_name, message, expected) => {
    expect(readWebSignal(JSON.stringify(message))).toEqual(expected);
  });

  it.each([
    ['no JSON', '{'],
    ['a number', '1'],
    ['null', 'null'],
    ['an array', '[]'],
    ['an unknown node', '{"to":"x","echo":1}'],
    ['no node', '{"echo":1}'],
    ['many nodes', '{"to":["D"],"echo":1}'],
    ['nothing but a node', '{"to":"D"}'],
    ['an answer', JSON.stringify(offer).replace('"offer"', '"answer"')],
    ['an offer that is no text', JSON.stringify(offer).replace('"v=0\\r\\n"', '7')],
    ['an offer that it has inherited', '{"to":"D","__proto__":{"data":{}},"data":{"__proto__":{"description":1}}}'],
    ['data that is a text', '{"to":"D","data":"description"}'],
    ['an echo that grows', '{"to":"D","echo":[1e20,1e20]}'],
    ['an echo as deep as a frame allows', `{"to":"D","echo":${'['.repeat(16_000)}${']'.repeat(16_000)}}`],
  ])('takes %s for nothing, or answers no more than it was told', (_name, text) => {
    const signal = readWebSignal(text);
    if (signal) expect(signal).toMatchObject({ kind: 'echo', reply: { length: text.length + 2 } });
  });

  it('reads or refuses any text, and never echoes more than it was told', () => {
    const check = (text: string): void => {
      const signal = readWebSignal(text);
      if (signal?.kind === 'echo') expect(signal.reply.length).toBeLessThanOrEqual(text.length + 2);
      if (signal?.kind === 'offer') expect(typeof signal.sdp).toBe('string');
    };
    fc.assert(fc.property(fc.string(), check));
    fc.assert(fc.property(fc.json(), check));
    const any = fc.oneof(fc.constantFrom('D', 'm', 'offer', 'x'), fc.jsonValue());
    const like = fc.record(
      {
        to: any,
        echo: any,
        data: fc.oneof(any, fc.record({ candidate: any, description: fc.record({ type: any, sdp: any }) })),
      },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(like, (message) => check(JSON.stringify(message))));
  });
});

describe('writeWebAnswer', () => {
  it('says for which node', () => {
    expect(JSON.parse(writeWebAnswer('M', 'v=0\r\n'))).toEqual({
      from: 'M',
      data: { description: { type: 'answer', sdp: 'v=0\r\n' } },
    });
  });
});
