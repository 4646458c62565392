import type { VicinityError, WorldClient } from '@vicinity/sdk';
import type { PreferenceStore } from '../preferences.js';
import { COLOURS, colourChoice } from './colour-choice.js';
import { DeviceSelect } from './device-select.js';
import { el } from './element.js';
import { adviceFor } from './failure-sentences.js';
import { LevelBar } from './level-bar.js';

const NAME_IDEAS = ['Robin', 'Sasha', 'Kim', 'Noor', 'Alex', 'Jules', 'Sam', 'Mika', 'Toni', 'Luca'];

/** The door: who you are, whether you are heard, and what will happen. */
export class EntryScreen {
  readonly element: HTMLElement;
  private readonly name: HTMLInputElement;
  private readonly wantsMicrophone: HTMLInputElement;
  private readonly check: HTMLButtonElement;
  private readonly notice = el('p', { class: 'notice', role: 'alert', hidden: true });
  private readonly microphoneNotice = el('p', { class: 'hint', role: 'status' });
  private readonly microphonePart: HTMLElement;
  private readonly join: HTMLButtonElement;
  private readonly level = new LevelBar();
  private readonly devices: DeviceSelect;

  constructor(
    private readonly client: WorldClient,
    private readonly preferences: PreferenceStore,
    onJoin: () => void,
  ) {
    const { values } = preferences;
    if (values.colour === 0) preferences.update({ colour: COLOURS[Math.floor(Math.random() * COLOURS.length)] });
    this.name = el('input', {
      id: 'entry-name',
      type: 'text',
      maxlength: 48,
      autocomplete: 'nickname',
      spellcheck: 'false',
      placeholder: NAME_IDEAS[Math.floor(Math.random() * NAME_IDEAS.length)],
      value: values.name,
      oninput: () => preferences.update({ name: this.name.value }),
    });
    this.wantsMicrophone = el('input', {
      type: 'checkbox',
      role: 'switch',
      checked: values.wantsMicrophone,
      onchange: () => this.handleSwitch(),
    });
    this.devices = new DeviceSelect(
      () => client.microphone.listDevices(),
      'microphone',
      values.microphoneId,
      (deviceId) => {
        preferences.update({ microphoneId: deviceId });
        if (client.microphone.state !== 'off') void this.startMicrophone();
      },
    );
    this.devices.element.setAttribute('aria-label', 'Microphone');
    this.check = el('button', { type: 'button', class: 'quiet', onclick: () => void this.startMicrophone() }, [
      'Test it',
    ]);
    this.microphonePart = el('div', { class: 'microphone-part' }, [
      el('div', { class: 'row' }, [this.devices.element, this.check]),
      this.level.element,
      this.microphoneNotice,
    ]);
    this.join = el('button', { type: 'submit', class: 'primary' }, ['Step inside']);
    const form = el(
      'form',
      {
        class: 'card',
        onsubmit: (event: SubmitEvent) => {
          event.preventDefault();
          if (!this.name.value.trim()) preferences.update({ name: this.name.placeholder });
          onJoin();
        },
      },
      [
        el('h1', {}, ['Vicinity']),
        el('p', { class: 'tagline' }, ['A place to meet. You hear people from where they stand.']),
        this.notice,
        el('label', { for: 'entry-name' }, ['What should others call you?']),
        this.name,
        colourChoice(preferences.values.colour, (colour) => preferences.update({ colour })),
        el('label', { class: 'switch' }, [this.wantsMicrophone, el('span', {}, ['Come in with my microphone on'])]),
        this.microphonePart,
        this.join,
        el('p', { class: 'hint' }, [
          'You arrive beside the campfire. Whoever is near hears you as long as your microphone is on; you can switch it off at any time. Voices are not recorded.',
        ]),
      ],
    );
    this.element = el('main', { class: 'entry' }, [form]);
    client.microphone.on('changed', () => void this.showMicrophone());
    client.microphone.on('devices', () => void this.devices.refresh());
    this.handleSwitch();
    if (!window.isSecureContext) this.refuseMicrophone();
  }

  /** Shows the door, with the reason when it is shut. */
  show(error?: VicinityError): void {
    this.element.hidden = false;
    this.setBusy(undefined);
    this.explain(error);
    if (!this.name.value) this.name.focus();
  }

  /** Says why it is not yet, or no longer, possible to step inside; undefined takes the reason away. */
  explain(error: VicinityError | undefined): void {
    this.notice.hidden = !error;
    if (error) this.notice.replaceChildren(error.message, ' ', adviceFor(error) ?? '');
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** While joining: what is happening, on the button; undefined gives the button back. */
  setBusy(text: string | undefined): void {
    this.join.disabled = text !== undefined;
    this.join.textContent = text ?? 'Step inside';
  }

  /** Called for each frame while the door is shown. */
  update(): void {
    if (!this.element.hidden) this.level.show(this.client.microphone.level());
  }

  private handleSwitch(): void {
    const isOn = this.wantsMicrophone.checked;
    this.preferences.update({ wantsMicrophone: isOn });
    this.microphonePart.hidden = !isOn;
    if (!isOn && this.client.microphone.state !== 'off' && !this.element.hidden) this.client.microphone.stop();
  }

  private refuseMicrophone(): void {
    this.wantsMicrophone.checked = false;
    this.wantsMicrophone.disabled = true;
    this.microphonePart.hidden = false;
    this.microphonePart.replaceChildren(
      el('p', { class: 'hint' }, [
        'Browsers give the microphone only to secure pages (https, or localhost). Here you can listen, walk and write.',
      ]),
    );
  }

  private async startMicrophone(): Promise<void> {
    const { microphoneId, voiceProcessing } = this.preferences.values;
    // The failure is shown by what the microphone itself says about it.
    await this.client.microphone
      .start({ deviceId: microphoneId || undefined, processing: voiceProcessing })
      .catch(() => undefined);
    this.client.microphone.unlock();
    await this.devices.refresh();
  }

  private showMicrophone(): void {
    const { state, error } = this.client.microphone;
    this.check.hidden = state === 'on';
    this.check.disabled = state === 'starting';
    this.microphoneNotice.textContent =
      state === 'failed' && error
        ? `${error.message} ${adviceFor(error) ?? ''}`
        : state === 'on'
          ? 'Say something: the bar should move.'
          : '';
  }
}
