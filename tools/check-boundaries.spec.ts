import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrokenBoundaries } from './check-boundaries.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name === 'node_modules' || entry.name === 'generated') return [];
    if (entry.isDirectory()) return sourcesBelow(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

describe('Boundaries', () => {
  it('are kept by every source', () => {
    const sources = ['apps', 'libs', 'web'].flatMap(sourcesBelow);
    expect(sources.length).toBeGreaterThan(100);
    const broken = sources.flatMap((file) => findBrokenBoundaries(file, readFileSync(join(root, file), 'utf8')));
    expect(broken).toEqual([]);
  });

  it.each([
    ['libs/world/src/a.ts', "import { x } from '@app/wire';"],
    ['libs/dsp/src/a.ts', "import { readFile } from 'node:fs/promises';"],
    ['libs/runtime/src/a.ts', "import { connect } from '@nats-io/transport-node';"],
    ['apps/gateway/src/session/session.actor.ts', "import { Injectable } from '@nestjs/common';"],
    ['apps/gateway/src/a.ts', "import { mix } from '../../audio-mixer/src/mix-tick.js';"],
    ['apps/gateway/src/a.ts', "const m = await import('mediasoup');"],
    ['apps/gateway/src/a.ts', "import { SimClock } from '@app/testing';"],
    ['apps/gateway/src/a.ts', "import { x } from '@app/broker/src/nats-broker.js';"],
    ['web/sdk/src/a.ts', "import { Broker } from '@app/broker';"],
    ['libs/dsp/src/mix/a.ts', "import { FRAMES } from '../../assembly/layout.js';"],
    ['libs/dsp/src/mix/a.ts', "import asc from 'assemblyscript/asc';"],
    ['libs/dsp/assembly/a.ts', "import { BLOCK_BYTES } from '../src/mix/mix-memory';"],
    ['libs/dsp/assembly/a.ts', "import { BLOCK_FRAMES } from '@app/world';"],
  ])('refuse %s: %s', (file, source) => {
    expect(findBrokenBoundaries(file, source)).toHaveLength(1);
  });

  it.each([
    ['libs/broker/src/nats-broker.ts', "import { connect } from '@nats-io/transport-node';"],
    ['apps/gateway/src/gateway.module.ts', "import { Module } from '@nestjs/common';"],
    ['apps/gateway/src/a.spec.ts', "import { SimClock } from '@app/testing';"],
    ['web/sdk/src/a.ts', "import { vicinity } from '@app/wire';"],
    ['libs/dsp/assembly/a.ts', "import { FRAMES } from './layout';"],
  ])('allow %s: %s', (file, source) => {
    expect(findBrokenBoundaries(file, source)).toEqual([]);
  });
});
