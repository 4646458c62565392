import { NULL_UUID, unpackGain } from '@app/vircadia';
import { type HearingWishes, wishFieldsOf } from '@app/wire';
import { HEARING_PEOPLE_MAX, PERSON_GAIN_MAX, type SessionId, WISHED_DB_MAX, WISHED_DB_MIN } from '@app/world';
import type { SessionPort } from '../translator.js';
import { sessionOfUuid } from '../../identity.js';

/** Radius of the bubble that a client can ask for, in metres: an arm's length. */
const BUBBLE_M = 1;
/** Shortest time between two messages about wishes, in ms. */
const TELL_INTERVAL_MS = 200;

/** What a client wishes about what it hears, put together from its packets, and told to its session when it has changed. */
export class WishList {
  private readonly gains = new Map<SessionId, number>();
  private readonly ignored = new Set<SessionId>();
  private readonly solo = new Set<SessionId>();
  private hasBubble = false;
  private hearsItself = false;
  private volumeDb = 0;
  private soundsDb = 0;
  private isDirty = false;
  private toldMs = -Infinity;

  constructor(private readonly session: SessionPort) {}

  /** How loud somebody is, as a gain byte; everybody for the null UUID. */
  setGain(nodeId: string, gainByte: number): void {
    if (nodeId === NULL_UUID) {
      this.volumeDb = levelOf(gainByte);
      this.isDirty = true;
      return;
    }
    const sessionId = sessionOfUuid(nodeId);
    if (sessionId === undefined) return;
    const gain = Math.min(PERSON_GAIN_MAX, unpackGain(gainByte));
    this.gains.delete(sessionId);
    if (gain !== 1) {
      dropOldest(this.gains);
      this.gains.set(sessionId, gain);
    }
    this.isDirty = true;
  }

  /** How loud what others play is, as a gain byte. */
  setSoundsGain(gainByte: number): void {
    this.soundsDb = levelOf(gainByte);
    this.isDirty = true;
  }

  /** Whether it hears its own voice. */
  setEcho(isOn: boolean): void {
    if (this.hearsItself === isOn) return;
    this.hearsItself = isOn;
    this.isDirty = true;
  }

  ignore(isOn: boolean, nodeIds: readonly string[]): void {
    this.change(this.ignored, isOn, nodeIds);
  }

  listenOnlyTo(isOn: boolean, nodeIds: readonly string[]): void {
    this.change(this.solo, isOn, nodeIds);
  }

  setBubble(isOn: boolean): void {
    if (this.hasBubble === isOn) return;
    this.hasBubble = isOn;
    this.isDirty = true;
  }

  /** Tells what has changed, all at once. */
  tick(nowMs: number): void {
    if (!this.isDirty || nowMs - this.toldMs < TELL_INTERVAL_MS) return;
    this.isDirty = false;
    this.toldMs = nowMs;
    this.session.reliable({ setHearing: { wishes: wishFieldsOf(this.wishes()) } });
  }

  private wishes(): HearingWishes {
    const { gains, ignored, solo, hearsItself, volumeDb, soundsDb } = this;
    const spaceM = this.hasBubble ? BUBBLE_M : 0;
    return { gains, ignored, solo, spaceM, hasMegaphone: false, hearsItself, volumeDb, soundsDb };
  }

  private change(set: Set<SessionId>, isOn: boolean, nodeIds: readonly string[]): void {
    for (const nodeId of nodeIds) {
      const sessionId = sessionOfUuid(nodeId);
      if (sessionId === undefined || set.has(sessionId) === isOn) continue;
      if (!isOn) set.delete(sessionId);
      else {
        dropOldest(set);
        set.add(sessionId);
      }
      this.isDirty = true;
    }
  }
}

function levelOf(gainByte: number): number {
  const dB = 20 * Math.log10(unpackGain(gainByte));
  return Math.max(WISHED_DB_MIN, Math.min(WISHED_DB_MAX, dB));
}

/** Makes room for one more: whoever was named first goes. */
function dropOldest(named: Map<SessionId, number> | Set<SessionId>): void {
  if (named.size < HEARING_PEOPLE_MAX) return;
  for (const oldest of named.keys()) {
    named.delete(oldest);
    return;
  }
}
