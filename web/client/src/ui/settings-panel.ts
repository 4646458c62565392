import type { WorldClient } from '@vicinity/sdk';
import type { PreferenceStore, Preferences } from '../preferences.js';
import { colourChoice } from './colour-choice.js';
import { DeviceSelect } from './device-select.js';
import { el } from './element.js';
import { LevelBar } from './level-bar.js';

/** Name, sound devices, how one talks and looks around. Every change takes effect at once and is remembered. */
export class SettingsPanel {
  readonly element: HTMLElement;
  private readonly level = new LevelBar();
  private readonly name: HTMLInputElement;
  private readonly microphones: DeviceSelect;
  private readonly outputs: DeviceSelect;

  /** @param onChange  something changed that others have to follow */
  constructor(
    private readonly client: WorldClient,
    private readonly preferences: PreferenceStore,
    private readonly onChange: (changes: Partial<Preferences>) => void,
  ) {
    const { values } = preferences;
    this.microphones = new DeviceSelect(
      () => client.microphone.listDevices(),
      'microphone',
      values.microphoneId,
      (microphoneId) => this.change({ microphoneId }),
    );
    this.outputs = new DeviceSelect(
      () => client.speaker.listDevices(),
      'output',
      values.outputId,
      (outputId) => this.change({ outputId }),
    );
    this.name = el('input', {
      type: 'text',
      maxlength: 48,
      value: values.name,
      onchange: () => this.change({ name: this.name.value.trim() || 'Guest' }),
    });
    this.element = el('section', { class: 'panel settings', 'aria-label': 'Settings', hidden: true }, [
      el('h2', {}, ['Settings']),
      field('Name', this.name),
      colourChoice(client.localAvatar.traits.colour ?? values.colour, (colour) => this.change({ colour })),
      el('h3', {}, ['Sound']),
      field('Microphone', this.microphones.element),
      this.level.element,
      toggle('Improve my voice', 'Removes echo and noise. Switch it off for music.', values.voiceProcessing, (isOn) =>
        this.change({ voiceProcessing: isOn }),
      ),
      toggle(
        'Push to talk',
        'You are heard only while you hold V, or the microphone button.',
        values.pushToTalk,
        (isOn) => this.change({ pushToTalk: isOn }),
      ),
      toggle(
        'Keep a personal space',
        'Within one metre nobody hears you, and you hear nobody.',
        values.personalSpace,
        (isOn) => this.change({ personalSpace: isOn }),
      ),
      ...(client.speaker.isOutputSelectable ? [field('Output', this.outputs.element)] : []),
      el('h3', {}, ['View']),
      toggle('See through my own eyes', 'First person; the C key switches, too.', values.firstPerson, (isOn) =>
        this.change({ firstPerson: isOn }),
      ),
      toggle('Steer with the mouse', 'A click takes the mouse; Escape gives it back.', values.mouseLock, (isOn) =>
        this.change({ mouseLock: isOn }),
      ),
      el('h3', {}, ['Privacy']),
      toggle(
        'Load things from other websites',
        'Models and pictures that people put here may lie elsewhere. Those hosts then learn your network address.',
        values.loadsFromOthers,
        (isOn) => this.change({ loadsFromOthers: isOn }),
      ),
    ]);
    client.microphone.on('devices', () => void this.microphones.refresh());
  }

  setOpen(isOpen: boolean): void {
    this.element.hidden = !isOpen;
    if (!isOpen) return;
    this.showOwnTraits();
    void this.microphones.refresh();
    void this.outputs.refresh();
    this.element.querySelector('input')?.focus();
  }

  /** Called for each frame. */
  update(): void {
    if (!this.element.hidden) this.level.show(this.client.microphone.level());
  }

  /** The door, or a link, may have changed them since this panel was made. */
  private showOwnTraits(): void {
    const { name, colour } = this.client.localAvatar.traits;
    this.name.value = name;
    for (const input of this.element.querySelectorAll<HTMLInputElement>('.colours input')) {
      input.checked = Number(input.value) === colour;
    }
  }

  private change(changes: Partial<Preferences>): void {
    this.preferences.update(changes);
    this.onChange(changes);
  }
}

function field(label: string, control: HTMLElement): HTMLElement {
  return el('label', { class: 'field' }, [el('span', {}, [label]), control]);
}

function toggle(label: string, hint: string, isOn: boolean, onChange: (isOn: boolean) => void): HTMLElement {
  const input = el('input', {
    type: 'checkbox',
    role: 'switch',
    checked: isOn,
    onchange: () => onChange(input.checked),
  });
  return el('label', { class: 'switch' }, [input, el('span', {}, [label, el('small', {}, [hint])])]);
}
