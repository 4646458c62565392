import { MappingOperation, type MappingRequest } from '@app/vircadia';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AssetRefusal } from '../../assets/asset-client.js';
import { changeMappings, namesTooMany } from './asset-mappings.js';

const PAPERS = { ticket: 'mine', address: '' };
const HASH = 'ab'.repeat(32);
const { Get, GetAll, Set: Put, Delete, Rename, SetBakingEnabled } = MappingOperation;

describe('operations on paths', () => {
  let paths: Map<string, string>;
  /** Paths that somebody else has named. */
  let foreign: Set<string>;
  const client = {
    hashAt: async (path: string) => {
      const hash = paths.get(path);
      if (hash === undefined) throw new AssetRefusal(404);
      return hash;
    },
    list: async () => [...paths].map(([path, hash]) => ({ path, hash })),
    put: async (path: string, hash: string) => {
      if (foreign.has(path)) throw new AssetRefusal(403);
      paths.set(path, hash);
    },
    delete: async (path: string) => {
      if (foreign.has(path)) throw new AssetRefusal(403);
      if (!paths.delete(path)) throw new AssetRefusal(404);
    },
  };
  const run = (request: MappingRequest) => changeMappings(client as never, PAPERS, request);
  const statusOf = (request: MappingRequest) =>
    run(request).then(
      () => 'done',
      (error: AssetRefusal) => error.status,
    );

  beforeEach(() => {
    paths = new Map([
      ['models/a.fbx', HASH],
      ['models/deep/b.fbx', HASH],
      ['modelsx/c.fbx', HASH],
    ]);
    foreign = new Set();
  });

  it('reads what a path leads to, whatever follows it in an address', async () => {
    expect(await run({ operation: Get, path: '/models/a.fbx?skybox' })).toMatchObject({ hash: HASH });
    expect(await statusOf({ operation: Get, path: '/models/none' })).toBe(404);
    expect(await statusOf({ operation: Get, path: 'models/a.fbx' })).toBe(404);
    expect(await run({ operation: GetAll })).toMatchObject({ assets: [{ path: '/models/a.fbx' }, {}, {}] });
  });

  it('deletes folders and files', async () => {
    expect(await statusOf({ operation: Delete, paths: ['/models/'] })).toBe('done');
    expect([...paths.keys()]).toEqual(['modelsx/c.fbx']);
    expect(await statusOf({ operation: Delete, paths: ['/modelsx/c.fbx'] })).toBe('done');
    expect(paths.size).toBe(0);
  });

  it('renames a folder with everything in it', async () => {
    expect(await statusOf({ operation: Rename, oldPath: '/models/', newPath: '/things/old/' })).toBe('done');
    expect([...paths.keys()].sort()).toEqual(['modelsx/c.fbx', 'things/old/a.fbx', 'things/old/deep/b.fbx']);
    expect(await statusOf({ operation: Rename, oldPath: '/models/', newPath: '/x/' })).toBe(404);
    expect(await statusOf({ operation: Rename, oldPath: '/things/', newPath: '/x' })).toBe(400);
  });

  it('leaves a file its name when the old one may not be taken away', async () => {
    foreign.add('models/a.fbx');
    expect(await statusOf({ operation: Rename, oldPath: '/models/a.fbx', newPath: '/mine.fbx' })).toBe(403);
    expect([...paths.keys()].sort()).toEqual(['models/a.fbx', 'models/deep/b.fbx', 'modelsx/c.fbx']);
  });

  it.each<[string, MappingRequest, number]>([
    ['the hidden folder', { operation: Put, path: '/.baked/x', hash: HASH }, 403],
    ['what is no path', { operation: Put, path: '/a/../b', hash: HASH }, 400],
    ['baking', { operation: SetBakingEnabled, isEnabled: true, paths: ['/models/a.fbx'] }, 403],
  ])('refuses %s', async (_name, request, status) => expect(await statusOf(request)).toBe(status));

  it('refuses to change very many at once', async () => {
    for (let index = 0; index < 257; index++) paths.set(`many/${index}`, HASH);
    expect(await statusOf({ operation: Delete, paths: ['/many/'] })).toBe(413);
    expect(paths.size).toBe(260);
    const named = Array.from({ length: 257 }, (_, index) => `/many/${index}`);
    expect(namesTooMany({ operation: Delete, paths: named })).toBe(true);
    expect(namesTooMany({ operation: Delete, paths: named.slice(1) })).toBe(false);
  });
});
