import type { WorldClient } from '@vicinity/sdk';
import { el, icon } from './element.js';
import { loudnessOf } from '@vicinity/sdk';
import { type MicrophoneFacts, microphoneLook, microphoneWords } from './microphone-words.js';

/** The one button that matters: am I heard? Shows the level around it. */
export class MicrophoneButton {
  readonly element: HTMLButtonElement;
  private readonly label = el('span', { class: 'mic-label' });
  private readonly ring = el('span', { class: 'mic-ring' });
  private readonly picture = el('span', { class: 'mic-picture' });

  /** @param onStart  the microphone is off, and the person wants it */
  constructor(
    private readonly client: WorldClient,
    private readonly onStart: () => void,
  ) {
    this.element = el('button', { type: 'button', class: 'mic', onclick: () => this.handleClick() }, [
      this.ring,
      this.picture,
      this.label,
    ]);
    // On touch screens, push-to-talk is holding this button.
    const talk = (isTalking: boolean) => () => {
      if (client.microphone.mode === 'push-to-talk') client.microphone.setTalking(isTalking);
    };
    this.element.addEventListener('pointerdown', talk(true));
    for (const name of ['pointerup', 'pointerleave', 'pointercancel']) this.element.addEventListener(name, talk(false));
    client.microphone.on('changed', () => this.show());
    client.on('status', () => this.show());
    this.show();
  }

  /** What the M key does. */
  toggle(): void {
    const { microphone } = this.client;
    if (microphone.state === 'on') microphone.setMuted(!microphone.isMuted);
    else if (microphone.state !== 'starting') this.onStart();
  }

  /** Called for each frame. */
  update(): void {
    const { microphone } = this.client;
    const level = Math.max(0, (loudnessOf(microphone.level()) - 70) / 50);
    this.ring.style.transform = `scale(${(1 + (microphone.isSending ? level * 0.45 : 0)).toFixed(3)})`;
  }

  private handleClick(): void {
    const { microphone } = this.client;
    const isHeld = microphone.mode === 'push-to-talk' && microphone.state === 'on' && !microphone.isMuted;
    if (!isHeld) this.toggle();
  }

  private show(): void {
    const { facts } = this;
    const isOn = facts.state === 'on' && !facts.isMuted;
    const words = microphoneWords(facts);
    this.element.dataset.state = microphoneLook(facts);
    this.element.setAttribute('aria-pressed', String(isOn));
    this.element.setAttribute('aria-label', `Microphone: ${words}. Press M to change.`);
    this.label.textContent = words;
    this.picture.replaceChildren(icon(isOn ? 'microphone' : 'microphone-off'));
  }

  private get facts(): MicrophoneFacts {
    const { state, isMuted, mode, isSending } = this.client.microphone;
    return { state, isMuted, mode, isSending, isConnected: this.client.state === 'connected' };
  }
}
