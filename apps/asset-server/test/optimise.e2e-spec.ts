import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { SystemClock } from '@app/clock';
import { PrometheusMetrics, silentLogger } from '@app/runtime';
import { AssetServer } from '../src/asset-server.js';
import { assetServerMetrics } from '../src/asset-server.metrics.js';
import type { AssetServerSettings } from '../src/asset-server.settings.js';
import { AssetKit, jsonOf, type RunningServer, sha256 } from './asset-kit.js';
import { describeModel, makeModel, type ModelJson } from './model.fixture.js';

// Programs find their packages from where they lie.
const cache = join(process.cwd(), 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'optimise-'));
const program = join(folder, 'optimise-process.mjs');
const source = join(process.cwd(), 'apps/asset-server/src/jobs/optimise-process.ts');
writeFileSync(
  program,
  transformFileSync(source, { swcrc: false, jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }).code,
);
const write = (name: string, code: string): string => {
  writeFileSync(join(folder, name), code);
  return join(folder, name);
};
const never = write('never.mjs', 'for (;;);');
const greedy = write('greedy.mjs', 'const all = []; for (;;) all.push(new Array(1_000_000).fill({}).map(() => ({})));');
/** Takes memory that is not on the heap, and tells when it was let have 600 MiB. */
const bulky = write(
  'bulky.mjs',
  `import { writeFileSync } from 'node:fs';
   const all = [];
   const pause = new Int32Array(new SharedArrayBuffer(4));
   while (all.length < 150) { all.push(new Uint8Array(4 << 20).fill(1)); Atomics.wait(pause, 0, 0, 10); }
   writeFileSync(new URL('bulky.done', import.meta.url), '');`,
);
const liar = write('liar.mjs', "import { writeFileSync } from 'node:fs'; writeFileSync(process.argv[3], 'nonsense');");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An asset-server without Nest that optimises with a program of ours. */
class Workshop extends AssetKit {
  constructor(
    private readonly program: string,
    flags: readonly string[] = [],
  ) {
    super(flags);
  }

  protected override makeRole(settings: AssetServerSettings): RunningServer {
    const metrics = new PrometheusMetrics();
    let assets: AssetServer;
    const http = createServer((request, response) => void assets.handle(request, response));
    return {
      metrics,
      start: async () => {
        assets = new AssetServer(settings, {
          broker: await this.connect(),
          clock: new SystemClock(),
          logger: silentLogger,
          metrics: assetServerMetrics(metrics),
          optimiseProgram: this.program,
        });
        await assets.start();
        http.listen(settings.httpPort, '127.0.0.1');
        await once(http, 'listening');
      },
      stop: async () => {
        http.close();
        http.closeAllConnections();
        await assets.stop();
      },
    };
  }

  /** What is known of a file once it has been looked at for smaller forms. */
  async prepared(bytes: Uint8Array): Promise<Record<string, unknown>> {
    for (;;) {
      const info = jsonOf(await this.get(`/assets/info/${sha256(bytes)}`));
      if (info.isPrepared === true) return info;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** One list of two thousand million zeros, which takes no room in the file. */
const unfolding = (json: ModelJson): void => {
  json.accessors.push({ componentType: 5126, type: 'SCALAR', count: 2_000_000_000 });
};
/** Movements that each have all of the same numbers. */
const repeating = (json: ModelJson): void => {
  json.accessors.push({ componentType: 5126, type: 'SCALAR', count: 1_000_000 });
  const output = json.accessors.length - 1;
  const samplers = Array.from({ length: 100 }, () => ({ input: output, output }));
  json.animations = [{ samplers, channels: [] }];
};

/** Nodes in nodes, which have next to no bytes. */
const chained = (json: ModelJson): void => {
  json.nodes = Array.from({ length: 30_000 }, (_, index) => ({ children: index < 29_999 ? [index + 1] : [] }));
};

describe('Models', () => {
  let kit: Workshop;
  beforeAll(async () => {
    kit = new Workshop(program);
    await kit.start();
  });
  afterAll(() => kit.end());

  const where = async (path: string): Promise<string | undefined> => (await kit.get(path)).headers.location;

  it('are given as they are until there is a smaller one, which has everything in it', async () => {
    const bytes = await makeModel();
    await kit.upload(bytes, { name: 'room.glb' });
    const file = `/assets/${sha256(bytes)}.glb`;
    const body = JSON.stringify({ hash: sha256(bytes), form: 'optimised' });
    expect((await kit.ask('PUT', '/assets/at/room.glb', { ticket: kit.person, body })).status).toBe(200);
    const { optimised } = (await kit.prepared(bytes)) as { optimised: { hash: string; sizeBytes: number } };
    expect(optimised.sizeBytes).toBeLessThan(bytes.length / 2);
    expect(await where(`${file}?v=optimised`)).toBe(`${optimised.hash}.glb`);
    expect(await where('/assets/at/room.glb')).toBe(`../${optimised.hash}.glb`);
    expect((await kit.get(file)).body.equals(bytes)).toBe(true);
    const smaller = await kit.get(`/assets/${optimised.hash}.glb`);
    expect([smaller.headers['content-type'], sha256(smaller.body)]).toEqual(['model/gltf-binary', optimised.hash]);
    expect(await describeModel(smaller.body)).toEqual(await describeModel(bytes));
    // The smaller one is not made smaller still.
    expect((await kit.prepared(smaller.body)).optimised).toBeUndefined();
  });

  it.each([
    ['need something that is not known here', () => makeModel({ copies: 51, extension: 'VRM' })],
    ['are compressed already', () => makeModel({ copies: 52, extension: 'KHR_draco_mesh_compression' })],
    ['are none', async () => new TextEncoder().encode('glTF'.padEnd(5_000, 'x'))],
    ['are cut off', async () => (await makeModel({ copies: 53 })).subarray(0, 5_000)],
  ])('stay as they are when they %s', async (_, make) => {
    const bytes = await make();
    await kit.upload(bytes, { name: 'a.glb' });
    expect((await kit.prepared(bytes)).optimised).toBeUndefined();
    expect((await kit.get(`/assets/${sha256(bytes)}.glb`)).body.equals(bytes)).toBe(true);
  });
});

describe('A model that is a bomb', () => {
  it.each([
    ['has a list that is not in the file', unfolding],
    ['has the same list again and again', repeating],
  ])('is not read when it %s', async (_, json) => {
    const model = write('bomb.glb', '');
    writeFileSync(model, await makeModel({ json }));
    const run = spawnSync(process.execPath, [program, model, join(folder, 'never.glb'), '200000000']);
    expect([run.status, existsSync(join(folder, 'never.glb'))]).toEqual([1, false]);
    expect(run.stderr.toString()).toMatch(/The model has \d+ bytes when it is unfolded/);
  });

  it('is not read when it has more parts than anybody makes', async () => {
    const model = write('chain.glb', '');
    writeFileSync(model, await makeModel({ json: chained }));
    const run = spawnSync(process.execPath, [program, model, join(folder, 'never.glb'), '200000000']);
    expect([run.status, existsSync(join(folder, 'never.glb'))]).toEqual([1, false]);
    expect(run.stderr.toString()).toMatch(/The model has 3\d{4} parts/);
  });
});

describe('A model that cannot be optimised', () => {
  it.each([
    ['never ends', never],
    ['needs endless memory', greedy],
    ['needs memory in buffers', bulky],
    ['writes nonsense', liar],
    ['is not there', join(folder, 'nowhere.mjs')],
  ])('stays as it is when the program %s', async (_, broken) => {
    const kit = new Workshop(broken, ['--optimise-timeout-ms', '4000', '--optimise-heap-mb-max', '64']);
    await kit.start();
    const bytes = await makeModel();
    expect((await kit.upload(bytes, { name: 'a.glb' })).status).toBe(200);
    const file = `/assets/${sha256(bytes)}.glb`;
    expect((await kit.get(`${file}?v=optimised`)).headers.location).toBe(`${sha256(bytes)}.glb`);
    expect((await kit.prepared(bytes)).optimised).toBeUndefined();
    expect((await kit.get(file)).body.equals(bytes)).toBe(true);
    expect(await kit.metrics()).toContain('vicinity_asset_jobs_total{job="optimise",outcome="failed"} 1');
    expect(readdirSync(join(kit.folder, 'work/jobs'))).toEqual([]);
    expect(existsSync(join(folder, 'bulky.done'))).toBe(false);
    await kit.end();
  });

  it('does not keep the asset-server from stopping', async () => {
    const kit = new Workshop(never, ['--optimise-timeout-ms', '3600000']);
    await kit.start();
    await kit.upload(await makeModel(), { name: 'a.glb' });
    await kit.end();
  });
});
