import type { Broker, Subscription } from '@app/broker';
import { EntityError } from '@app/entities';
import { serveRequests } from '../request-door.js';
import type { SnapshotDuty } from './snapshot-duty.js';

/** Characters of a snapshot's label. */
const LABEL_CHARACTERS_MAX = 64;

/** Answers those who want a snapshot now. */
export function serveSnapshots(broker: Broker, world: string, duty: SnapshotDuty): Subscription {
  return serveRequests(broker, 'worldSnapshot', { world, who: '0' }, async ({ label }) => {
    if (label.length > LABEL_CHARACTERS_MAX) {
      throw new EntityError('edit-invalid', `A label has at most ${LABEL_CHARACTERS_MAX} characters.`, {
        field: 'label',
      });
    }
    const { sequence, count, sizeBytes } = await duty.makeNow(label);
    return { sequence, count, sizeBytes };
  });
}
