import { afterEach, describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning } from './running-process.js';
import { SupervisedProcess } from './supervised-process.js';

/** Leaves a process behind that keeps its output open, writes down that one's number, and ends. */
const CRASHING = `
const { spawn } = require('node:child_process');
const heir = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { stdio: ['ignore', 'inherit', 'inherit'] });
require('node:fs').writeFileSync(__filename + '.heir', String(heir.pid));
process.exit(1);
`;

describe('SupervisedProcess', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vicinity-place-'));
  const file = join(folder, 'crashing.cjs');
  afterEach(() => {
    process.kill(Number(readFileSync(`${file}.heir`, 'utf8')), 'SIGKILL');
    rmSync(folder, { recursive: true });
  });

  it('stops when the process has just ended and somebody else holds its output open', async () => {
    writeFileSync(file, CRASHING);
    const clock = new SimClock();
    const ignore = (): void => undefined;
    const events = { started: ignore, line: ignore, crashed: ignore, refused: ignore };
    const spec = { slot: 'place-0', role: 'place', file, args: [], stopOrder: 0 };
    const place = new SupervisedProcess(spec, clock, events, () => 'place-1', process.env);
    place.start();
    const pid = place.pid as number;
    while (!existsSync(`${file}.heir`) || isRunning(pid)) await pause(5);
    const stopped = place.stop(1_000);
    clock.advance(1_000);
    await stopped;
    expect(place.pid).toBeUndefined();
  }, 10_000);
});
