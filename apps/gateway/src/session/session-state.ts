/**
 * The life of a session, as a pure function of what happens to it.
 *
 * `pending`    a number has been drawn, nobody knows it yet
 * `connecting` welcomed and in the roster; its media has not been connected yet
 * `active`     its media has been connected at least once since it came (back)
 * `away`       not in the roster: the client vanished, but may come back with its token
 * `closed`     gone for good
 */
export type SessionPhase = 'pending' | 'connecting' | 'active' | 'away' | 'closed';

export interface SessionState {
  readonly phase: SessionPhase;
  /** Rises with each coming back; of two gateways' claims the higher one counts. */
  readonly epoch: number;
  /** Whether packets and messages can flow now. Only an active session can be heard and served by mixers. */
  readonly isMediaUp: boolean;
  /** Rises whenever the listener may have missed news. */
  readonly sync: number;
}

export type SessionEvent =
  /** Its client came, or came back: from away, or with another socket. */
  | { type: 'welcomed'; epoch: number }
  | { type: 'media-connected' }
  | { type: 'media-lost' }
  /** News for the listener may have been lost, although the connection stands. */
  | { type: 'news-missed' }
  /** The client is gone without a word, or with one that lets it come back. */
  | { type: 'vanished' }
  /** It said Bye, was refused further service, is claimed elsewhere, or stayed away for too long. */
  | { type: 'ended' };

/** A session whose client has not been welcomed yet. */
export const INITIAL_SESSION_STATE: SessionState = { phase: 'pending', epoch: 0, isMediaUp: false, sync: 0 };

/** What the event makes of the state. An event that means nothing in a phase leaves the state as it is. */
export function nextSessionState(state: SessionState, event: SessionEvent): SessionState {
  if (state.phase === 'closed') return state;
  switch (event.type) {
    case 'welcomed':
      // An old epoch would lose against our own earlier claim.
      return event.epoch > state.epoch
        ? { ...state, phase: 'connecting', epoch: event.epoch, isMediaUp: false }
        : state;
    case 'media-connected':
      if (!isListed(state)) return state;
      // Whatever was under way on the connection before is lost, so the listener has to be told everything again.
      return { ...state, phase: 'active', isMediaUp: true, sync: state.sync + 1 };
    case 'media-lost':
      return state.isMediaUp ? { ...state, isMediaUp: false } : state;
    case 'news-missed':
      return isListed(state) ? { ...state, sync: state.sync + 1 } : state;
    case 'vanished':
      return isListed(state) ? { ...state, phase: 'away', isMediaUp: false } : state;
    case 'ended':
      return { ...state, phase: 'closed', isMediaUp: false };
  }
}

/** Whether others see the session: it is in the gateway's roster. */
export function isListed(state: SessionState): boolean {
  return state.phase === 'connecting' || state.phase === 'active';
}

/** Whether mixers may be assigned to the listener. */
export function isServed(state: SessionState): boolean {
  return state.phase === 'active' && state.isMediaUp;
}
