import { MemoryBroker, MemoryBus, subjectOf } from '@app/broker';
import { describe, expect, it } from '@jest/globals';
import { SimClock } from '@app/testing';
import { encodeMessage } from '@app/wire';
import { MEMBER_SILENCE_MS_MAX, MEMBERS_MAX } from '@app/world';
import { RoleState } from './heartbeat.js';
import { BrokerMemberDirectory } from './member-directory.js';

async function build() {
  const clock = new SimClock();
  const broker = new MemoryBroker(new MemoryBus({ clock }));
  const drops: string[] = [];
  let changes = 0;
  const directory = new BrokerMemberDirectory(broker, clock, (reason) => void drops.push(reason));
  directory.start();
  directory.onChange(() => void changes++);
  const beat = async (instanceId: string, more: object = {}): Promise<void> => {
    const fields = { instanceId, role: 'gateway', epochMs: 1, state: RoleState.ROLE_STATE_READY, ...more };
    broker.publish(subjectOf('member', { who: 'x' }), encodeMessage('MemberHeartbeat', fields));
    await clock.advanceAsync(1);
  };
  const names = (): string[] => directory.live('gateway').map((member) => member.instanceId);
  return { clock, broker, directory, drops, changes: () => changes, beat, names };
}

describe('MemberDirectory', () => {
  it('lists READY members of a role, sorted', async () => {
    const { beat, names, directory } = await build();
    await beat('gateway-b');
    await beat('gateway-a');
    await beat('gateway-c', { state: RoleState.ROLE_STATE_STARTING });
    await beat('audio-mixer-a', { role: 'audio-mixer' });
    expect(names()).toEqual(['gateway-a', 'gateway-b']);
    expect(directory.all()).toHaveLength(4);
  });

  it('forgets a member that falls silent', async () => {
    const { clock, beat, names, changes } = await build();
    await beat('gateway-a');
    await clock.advanceAsync(MEMBER_SILENCE_MS_MAX - 300);
    expect(names()).toEqual(['gateway-a']);
    await clock.advanceAsync(700);
    expect(names()).toEqual([]);
    expect(changes()).toBe(2);
  });

  it.each([
    ['draining', RoleState.ROLE_STATE_DRAINING],
    ['stopped', RoleState.ROLE_STATE_STOPPED],
  ])('takes %s members out at once', async (_, state) => {
    const { beat, names, changes } = await build();
    await beat('gateway-a');
    await beat('gateway-a', { state });
    expect(names()).toEqual([]);
    expect(changes()).toBe(2);
  });

  it('tells new numbers without calling it a change', async () => {
    const { beat, directory, changes } = await build();
    await beat('gateway-a', { load: 0.25 });
    await beat('gateway-a', { load: 0.5, sessions: 3 });
    expect(directory.live('gateway')[0]).toMatchObject({ load: 0.5, sessions: 3 });
    expect(changes()).toBe(1);
  });

  it('does not believe a late word of a replaced process of the same name', async () => {
    const { beat, names } = await build();
    await beat('gateway-a', { epochMs: 2 });
    await beat('gateway-a', { epochMs: 1, state: RoleState.ROLE_STATE_STOPPED });
    expect(names()).toEqual(['gateway-a']);
  });

  it('lets nobody age while this process itself stood still', async () => {
    const { clock, beat, directory } = await build();
    await beat('gateway-a');
    const members = directory.live('gateway');
    // A pause of the process: time passes, and no timer runs.
    clock.after(100, () => ((clock as unknown as { currentMs: number }).currentMs += 60_000));
    await clock.advanceAsync(500);
    expect(directory.live('gateway')).toEqual(members);
  });

  it('drops what is no heartbeat, and more members than fit', async () => {
    const { clock, broker, beat, drops, directory } = await build();
    broker.publish(subjectOf('member', { who: 'x' }), new Uint8Array([255, 255, 255]));
    await beat('Not A Name');
    for (let index = 0; index <= MEMBERS_MAX; index++) await beat(`gateway-${index}`);
    await clock.advanceAsync(1);
    expect(drops).toEqual(['malformed', 'malformed', 'members-full']);
    expect(directory.all()).toHaveLength(MEMBERS_MAX);
  });
});
