import { HEARING_PEOPLE_MAX, PERSONAL_SPACE_M_MAX, PERSON_GAIN_MAX, type SessionId } from '@app/world';
import { encodeMessage, type HearingWishes, isWithoutWishes, NO_WISHES, type vicinity, wishFieldsOf } from '@app/wire';
import type { Clock, Timer } from './clock.js';
import { clientFailure, serverFailure, type VicinityError } from './errors.js';
import { Emitter } from './events.js';

/** What a page can be told about wishes. */
export interface HearingEvents {
  /** A wish has changed, also when it was the server that took it back. */
  changed: Hearing;
  /** The server does not grant a wish; the message can be shown as it is. */
  failed: VicinityError;
}

/** Shortest time between two messages to the server, in ms; a slider that is dragged sends no more. */
const SEND_INTERVAL_MS = 200;
/** What was refused for want of room, or as too much at once, is tried again after this time, in ms. */
const RETRY_MS = 5_000;
const SESSION_ID_MAX = 0xffff_ffff;

/**
 * What this person wishes about what it hears. Works before joining, too; survives reconnects, and ends with the page.
 * People are named by their sessions and need not be here: who comes back is treated as before.
 *
 * It is about sound alone: who is ignored is still seen, and can write.
 */
export class Hearing extends Emitter<HearingEvents> {
  private readonly gains = new Map<SessionId, number>();
  private readonly ignored = new Set<SessionId>();
  private readonly chosen = new Set<SessionId>();
  private spaceM = 0;
  private isSpeakingToAll = false;
  private isAllowed = false;
  private send: ((bytes: Uint8Array) => boolean) | undefined;
  /** The server knows of wishes of this session, so that it has to be told as well that there are none any more. */
  private isToldOf = false;
  private sentAtMs = -Infinity;
  private timer: Timer | undefined;

  /** @param isHere  whether a session is in the world now; wishes about others are the first to be forgotten */
  constructor(
    private readonly clock: Clock,
    private readonly isHere: (sessionId: SessionId) => boolean,
  ) {
    super();
  }

  /** How loud a person is heard: linear, 1 unless it was changed. */
  gainOf(sessionId: SessionId): number {
    return this.gains.get(sessionId) ?? 1;
  }

  /** Whether this person is ignored by us. Being ignored is not told. */
  isIgnored(sessionId: SessionId): boolean {
    return this.ignored.has(sessionId);
  }

  /** The only people that are heard; empty means everybody. */
  get soloed(): ReadonlySet<SessionId> {
    return this.chosen;
  }

  /** Radius of the personal space in metres; 0 is none. */
  get personalSpaceM(): number {
    return this.spaceM;
  }

  /** Whether this person speaks to the whole world. */
  get hasMegaphone(): boolean {
    return this.isSpeakingToAll;
  }

  /** Whether the server lets people speak to the whole world; false before joining. */
  get isMegaphoneAllowed(): boolean {
    return this.isAllowed;
  }

  /**
   * Makes a person louder or softer, for us only.
   *
   * @param gain  linear: 0 is silent, 1 as it comes, 4 (+12 dB) the most
   */
  setGain(sessionId: SessionId, gain: number): void {
    checkPerson(sessionId);
    if (!(gain >= 0 && gain <= PERSON_GAIN_MAX)) throw invalid(`A gain is a number from 0 to ${PERSON_GAIN_MAX}.`);
    if (this.gainOf(sessionId) === gain) return;
    if (gain === 1) this.gains.delete(sessionId);
    else {
      this.makeRoom(this.gains, sessionId);
      this.gains.set(sessionId, gain);
    }
    this.handleChange();
  }

  /** Ignores a person, or no longer: neither of the two hears the other. */
  ignore(sessionId: SessionId, isIgnored: boolean): void {
    checkPerson(sessionId);
    if (this.ignored.has(sessionId) === isIgnored) return;
    if (isIgnored) {
      this.makeRoom(this.ignored, sessionId);
      this.ignored.add(sessionId);
    } else this.ignored.delete(sessionId);
    this.handleChange();
  }

  /** Hears these people only; nobody named means everybody again. At most 256. */
  solo(sessionIds: Iterable<SessionId>): void {
    const people = new Set(sessionIds);
    people.forEach(checkPerson);
    if (people.size > HEARING_PEOPLE_MAX) throw invalid(`At most ${HEARING_PEOPLE_MAX} people can be chosen.`);
    if (people.size === this.chosen.size && [...people].every((sessionId) => this.chosen.has(sessionId))) return;
    this.chosen.clear();
    for (const sessionId of people) this.chosen.add(sessionId);
    this.handleChange();
  }

  /** Keeps others out: within this distance nobody hears us, and we hear nobody. In metres, 0 (nobody is kept out) to 10. */
  setPersonalSpace(metres: number): void {
    if (!(metres >= 0 && metres <= PERSONAL_SPACE_M_MAX)) {
      throw invalid(`A personal space is a radius of 0 to ${PERSONAL_SPACE_M_MAX} m.`);
    }
    if (this.spaceM === metres) return;
    this.spaceM = metres;
    this.handleChange();
  }

  /** Speaks to the whole world, or no longer. Fails with `megaphone-not-allowed` where the server does not let people. */
  setMegaphone(isOn: boolean): void {
    if (isOn && !this.isAllowed) throw clientFailure('megaphone-not-allowed');
    if (this.isSpeakingToAll === isOn) return;
    this.isSpeakingToAll = isOn;
    this.handleChange();
  }

  /** For the client: the server has said who we are. @param isAnother  not the session of before */
  handleSession(isMegaphoneAllowed: boolean, isAnother: boolean): void {
    const wasAllowed = this.isAllowed;
    this.isAllowed = isMegaphoneAllowed;
    if (isAnother) this.isToldOf = false;
    if (!isMegaphoneAllowed) this.isSpeakingToAll = false;
    if (wasAllowed !== isMegaphoneAllowed) this.emit('changed', this);
  }

  /** For the client: wishes go here from now on; everything is said again, because this gateway may know nothing of it. */
  attach(send: (bytes: Uint8Array) => boolean): void {
    this.send = send;
    if (this.isToldOf || !isWithoutWishes(this.wishes)) this.transmit();
  }

  /** For the client: there is no link at the moment. */
  detach(): void {
    this.send = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** For the client: we have left. Nobody comes back shouting. */
  close(): void {
    this.isToldOf = false;
    this.handleSession(false, true);
  }

  /** For the client: something was refused that had no number. Returns whether it was ours. */
  handleFailure({ request, code, text }: vicinity.v1.RequestFailed.$Properties): boolean {
    if (request) return false;
    // What was too much at once may have been ours, and saying it twice does no harm.
    const isWorthAgain = code === 'hearing-too-many' || (code === 'rate-limited' && this.isToldOf);
    if (isWorthAgain && !this.timer) this.schedule(RETRY_MS);
    if (code === 'megaphone-not-allowed') this.handleSession(false, false);
    else if (code !== 'hearing-too-many' && code !== 'hearing-invalid') return false;
    this.emit('failed', serverFailure(code, text, 0));
    return true;
  }

  private get wishes(): HearingWishes {
    const { gains, ignored, chosen: solo, spaceM, isSpeakingToAll: hasMegaphone } = this;
    return { ...NO_WISHES, gains, ignored, solo, spaceM, hasMegaphone };
  }

  private handleChange(): void {
    this.emit('changed', this);
    this.schedule(Math.max(0, this.sentAtMs + SEND_INTERVAL_MS - this.clock.nowMs()));
  }

  private schedule(delayMs: number): void {
    if (!this.send) return;
    if (delayMs === 0) return this.transmit();
    this.timer?.cancel();
    this.timer = this.clock.after(delayMs, () => this.transmit());
  }

  private transmit(): void {
    this.timer?.cancel();
    this.timer = undefined;
    const bytes = encodeMessage('ClientReliable', { setHearing: { wishes: wishFieldsOf(this.wishes) } });
    if (!this.send?.(bytes)) return;
    this.sentAtMs = this.clock.nowMs();
    this.isToldOf = true;
  }

  /** When there are as many as may be, one makes room who is not here; when everybody is here, there is none. */
  private makeRoom(people: Map<SessionId, number> | Set<SessionId>, sessionId: SessionId): void {
    if (people.size < HEARING_PEOPLE_MAX || people.has(sessionId)) return;
    for (const candidate of people.keys()) {
      if (this.isHere(candidate)) continue;
      people.delete(candidate);
      return;
    }
    throw invalid(`At most ${HEARING_PEOPLE_MAX} people can be treated differently.`);
  }
}

function checkPerson(sessionId: SessionId): void {
  const isNumber = Number.isInteger(sessionId) && sessionId > 0 && sessionId <= SESSION_ID_MAX;
  if (!isNumber) throw invalid('This is no number of a session.');
}

function invalid(detail: string): VicinityError {
  return clientFailure('request-invalid', { detail });
}
