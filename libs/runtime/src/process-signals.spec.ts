import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { silentLogger } from './logger.js';
import { followProcessSignals } from './process-signals.js';

function build(connected?: boolean) {
  const events = Object.assign(new EventEmitter(), { connected });
  const exits: number[] = [];
  let stops = 0;
  let finish: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  followProcessSignals(
    {
      logger: { ...silentLogger, flush: () => undefined },
      stop: () => {
        stops++;
        return new Promise<void>((resolve, reject) => {
          finish = resolve;
          fail = reject;
        });
      },
      exit: (code) => void exits.push(code),
    },
    events,
  );
  return { events, exits, stops: () => stops, finish: () => finish(), fail: () => fail(new Error('x')) };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Process signals', () => {
  it.each(['SIGTERM', 'SIGINT'])('the first %s drains, then exits with 0', async (signal) => {
    const role = build();
    role.events.emit(signal);
    expect([role.stops(), role.exits]).toEqual([1, []]);
    role.finish();
    await settle();
    expect(role.exits).toEqual([0]);
  });

  it('the second signal exits at once and drains only once', () => {
    const role = build();
    role.events.emit('SIGTERM');
    role.events.emit('SIGINT');
    expect([role.stops(), role.exits]).toEqual([1, [1]]);
  });

  it('a drain that fails exits with 1', async () => {
    const role = build();
    role.events.emit('SIGTERM');
    role.fail();
    await settle();
    expect(role.exits).toEqual([1]);
  });

  it('exits at once when the supervisor was gone before anybody listened', () => {
    expect(build(false).exits).toEqual([1]);
    expect(build(true).exits).toEqual([]);
    expect(build().exits).toEqual([]);
  });

  it('exits at once when the supervisor is gone', () => {
    const role = build();
    role.events.emit('disconnect');
    expect([role.stops(), role.exits]).toEqual([0, [1]]);
  });

  it.each(['uncaughtException', 'unhandledRejection'])('%s ends the process without draining', (event) => {
    const role = build();
    role.events.emit(event, new Error('bug'));
    expect([role.stops(), role.exits]).toEqual([0, [1]]);
  });
});
