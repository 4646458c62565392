import { SystemClock } from '@app/clock';
import { wordsOf } from '../command-line.js';
import { BotCrowd } from './bot-crowd.js';
import type { CrowdAnswer, CrowdOrder } from './crowd-process.js';
import { openUdpSocket } from './udp-socket.js';

/** The process of one crowd: does what it is told, and ends when its channel closes. */
const clock = new SystemClock();
let crowd: BotCrowd | undefined;
let work = Promise.resolve();

async function obey(order: CrowdOrder): Promise<CrowdAnswer> {
  switch (order.kind) {
    case 'start':
      crowd = new BotCrowd(clock, order.habits, order.share, openUdpSocket);
      await crowd.start();
      break;
    case 'measure':
      crowd?.beginMeasuring();
      break;
    case 'read':
      return { joined: crowd?.joinedCount ?? 0, reading: crowd?.read() };
    case 'leave':
      await crowd?.leave();
  }
  return { joined: crowd?.joinedCount ?? 0 };
}

process.on('message', (order: CrowdOrder) => {
  // Nobody waits for those who have not come yet.
  if (order.kind === 'leave') crowd?.stopComing();
  work = work.then(async () => {
    const answer = await obey(order).catch((error: unknown) => ({ joined: 0, problem: wordsOf(error) }));
    process.send?.(answer);
  });
});
process.on('disconnect', () => process.exit(0));
// Such a signal reaches the whole group; the parent decides what becomes of it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);
