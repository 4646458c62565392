import { SimClock } from '@app/testing';
import { expect, it, jest } from '@jest/globals';

// mediasoup reads the variable when it is loaded.
process.env.MEDIASOUP_WORKER_BIN = '/nowhere/media worker';
const { MediaWorkerPool } = await import('./media-worker-pool.js');

it('says in one sentence that the media worker is missing, and what to do', async () => {
  const events = { onDied: jest.fn(), onReplaced: jest.fn(), onRestartFailed: jest.fn() };
  const options = { workers: 2, port: 24_390, portStride: 1, listen: [{ address: '127.0.0.1' }] };
  const pool = new MediaWorkerPool(options, new SimClock(), events);
  await expect(pool.start()).rejects.toMatchObject({
    code: 'media-worker-missing',
    retryable: false,
    message:
      'The media worker is missing: /nowhere/media worker (ENOENT); ' +
      'run `npm start`, which sets it up, or set MEDIASOUP_WORKER_BIN.',
  });
  expect(pool.leastLoaded()).toBeUndefined();
  for (const event of Object.values(events)) expect(event).not.toHaveBeenCalled();
});
