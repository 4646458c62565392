import { describe, expect, it } from '@jest/globals';
import { encodeMessage, entityIdToBytes } from '@app/wire';
import { readEditReply } from './index.js';
import { IDS } from './naive-world.fixture.js';

describe('readEditReply', () => {
  it('reads what was done', () => {
    const results = [{ id: entityIdToBytes(IDS[0]), revision: 7 }, { id: entityIdToBytes(IDS[1]) }];
    expect(readEditReply(encodeMessage('EntityEditReply', { sequence: 9, results }))).toEqual({
      kind: 'done',
      sequence: 9,
      results: [
        { id: IDS[0], revision: 7 },
        { id: IDS[1], revision: 0 },
      ],
    });
  });

  it('reads why something was not done, also in words of a version to come', () => {
    const place = { errorField: 'position.x', errorIndex: 2 };
    const read = (errorCode: string) =>
      readEditReply(encodeMessage('EntityEditReply', { errorCode, errorText: 'No.', ...place }));
    const error = { field: 'position.x', editIndex: 2 };
    expect(read('entity-locked')).toMatchObject({ kind: 'refused', error: { code: 'entity-locked', ...error } });
    expect(read('world-busy')).toMatchObject({ kind: 'refused', error: { retryable: true } });
    expect(read('entity-too-pretty')).toMatchObject({
      kind: 'refused',
      error: { code: 'edit-invalid', message: 'No. (entity-too-pretty)', ...error },
    });
  });

  it('takes nothing on trust', () => {
    const fail = (results: object[], sequence = 1) =>
      expect(() => readEditReply(encodeMessage('EntityEditReply', { sequence, results }))).toThrow(
        expect.objectContaining({ code: 'wire-malformed' }),
      );
    fail([{ id: new Uint8Array(15), revision: 1 }]);
    fail([{ revision: 1 }]);
    fail([{ id: entityIdToBytes(IDS[0]), revision: 2 ** 60 }]);
    fail([], 2 ** 60);
    expect(() => readEditReply(Uint8Array.of(0xff))).toThrow(expect.objectContaining({ code: 'wire-malformed' }));
  });
});
