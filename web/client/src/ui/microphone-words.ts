import type { Microphone } from '@vicinity/sdk';

/** What the microphone is like now. */
export type MicrophoneFacts = Pick<Microphone, 'state' | 'isMuted' | 'mode' | 'isSending'> & {
  /** Whether there is a server that passes the voice on. */
  isConnected: boolean;
};

/** Who is heard, in the words of the button. Pure. */
export function microphoneWords({ state, isMuted, mode, isSending, isConnected }: MicrophoneFacts): string {
  if (state === 'starting') return 'Starting…';
  if (state !== 'on') return 'Microphone off';
  if (isMuted) return 'Muted';
  if (!isConnected) return 'Nobody hears you until you are connected again';
  return mode === 'open' || isSending ? 'You are heard' : 'Hold V to talk';
}

/** How the button looks: green for `sending`, grey for `ready` and `unheard`, red for `off`. Pure. */
export function microphoneLook(facts: MicrophoneFacts): 'sending' | 'ready' | 'unheard' | 'off' {
  if (facts.state !== 'on' || facts.isMuted) return 'off';
  if (!facts.isConnected) return 'unheard';
  return facts.isSending ? 'sending' : 'ready';
}
