import type { WorldClient } from '@vicinity/sdk';
import type { ActionKey } from '../controls/keyboard.js';
import type { PreferenceStore, Preferences } from '../preferences.js';
import { ChatPanel } from './chat-panel.js';
import { ConnectionPill } from './connection-pill.js';
import { el, icon, iconButton } from './element.js';
import { makeHelpPanel } from './help-panel.js';
import { makeMegaphoneButton } from './megaphone-button.js';
import { MicrophoneButton } from './microphone-button.js';
import { Notices } from './notices.js';
import { PeoplePanel } from './people-panel.js';
import { SettingsPanel } from './settings-panel.js';

type SidePanel = 'people' | 'settings' | 'help';

/** What the interface asks of the application. */
export interface HudActions {
  startMicrophone(): void;
  changePreferences(changes: Partial<Preferences>): void;
  toggleView(): void;
  /** Begins or ends building; absent where nothing is drawn. */
  toggleBuilding?(): void;
  leave(): void;
}

/** Everything on top of the world while one is in it. */
export class Hud {
  readonly element: HTMLElement;
  readonly notices = new Notices();
  private readonly pill: ConnectionPill;
  private readonly chat: ChatPanel;
  private readonly people: PeoplePanel;
  private readonly settings: SettingsPanel;
  private readonly help = makeHelpPanel();
  private readonly microphone: MicrophoneButton;
  private readonly unlock: HTMLButtonElement;
  private readonly peopleCount = el('span', { class: 'badge' });
  private readonly chatCount = el('span', { class: 'badge alert', hidden: true });
  private readonly buttons: Record<SidePanel, HTMLButtonElement>;
  private readonly build: HTMLButtonElement | undefined;
  private open: SidePanel | undefined;

  constructor(
    private readonly client: WorldClient,
    preferences: PreferenceStore,
    private readonly actions: HudActions,
  ) {
    this.pill = new ConnectionPill(client);
    this.chat = new ChatPanel(client, (count) => {
      this.chatCount.hidden = count === 0;
      this.chatCount.textContent = String(count);
    });
    this.people = new PeoplePanel(client);
    this.settings = new SettingsPanel(client, preferences, (changes) => actions.changePreferences(changes));
    this.microphone = new MicrophoneButton(client, () => actions.startMicrophone());
    this.buttons = {
      people: iconButton('people', 'People (P)', () => this.toggle('people')),
      settings: iconButton('settings', 'Settings (O)', () => this.toggle('settings')),
      help: iconButton('help', 'Help (H)', () => this.toggle('help')),
    };
    const { toggleBuilding } = actions;
    this.build = toggleBuilding && iconButton('build', 'Build (B)', () => toggleBuilding());
    this.build?.setAttribute('aria-pressed', 'false');
    this.buttons.people.append(this.peopleCount);
    const chatButton = iconButton('chat', 'Chat (Enter)', () => this.openChat(!this.chat.isOpen));
    chatButton.append(this.chatCount);
    this.unlock = el('button', { type: 'button', class: 'unlock', hidden: true }, [
      'Click anywhere to hear the others',
    ]);
    this.element = el('div', { class: 'hud', hidden: true }, [
      el('header', { class: 'top' }, [
        this.pill.element,
        el('nav', { class: 'tools', 'aria-label': 'Tools' }, [
          this.buttons.people,
          ...(this.build ? [this.build] : []),
          iconButton('eye', 'Change the view (C)', () => actions.toggleView()),
          this.buttons.settings,
          this.buttons.help,
          iconButton('leave', 'Leave', () => actions.leave()),
        ]),
      ]),
      this.notices.element,
      el('aside', { class: 'side' }, [this.people.element, this.settings.element, this.help]),
      this.chat.element,
      this.unlock,
      el('footer', { class: 'bottom' }, [
        chatButton,
        this.microphone.element,
        makeMegaphoneButton(client),
        makeVolume(client, preferences),
      ]),
    ]);
    client.hearing.on('failed', (error) => this.notices.show(error.message));
    client.speaker.on('blocked', (isBlocked) => (this.unlock.hidden = !isBlocked));
    // A small screen belongs to the world; the chat waits behind its button.
    this.chat.setOpen(!isSmallScreen());
  }

  show(): void {
    this.element.hidden = false;
    this.unlock.hidden = !this.client.speaker.isBlocked;
  }

  hide(): void {
    this.element.hidden = true;
    this.toggle(undefined);
  }

  /** Makes room for the tools of building, or takes it back. */
  setBuilding(isOn: boolean): void {
    this.build?.setAttribute('aria-pressed', String(isOn));
    this.element.classList.toggle('building', isOn);
    if (!isOn) return;
    this.toggle(undefined);
    this.chat.setOpen(false);
  }

  /** Called for each frame. */
  update(): void {
    this.microphone.update();
    this.settings.update();
  }

  /** Called a few times a second: what changes slowly. */
  updateSlowly(): void {
    this.pill.update();
    this.people.update();
    // Who is there now is not known without a connection.
    this.peopleCount.hidden = this.client.state !== 'connected';
    this.peopleCount.textContent = String(this.client.avatars.size + 1);
  }

  /** A key with a meaning was pressed. */
  handleKey(key: ActionKey): void {
    if (key === 'mute') this.microphone.toggle();
    else if (key === 'view') this.actions.toggleView();
    else if (key === 'build') this.actions.toggleBuilding?.();
    else if (key === 'chat') {
      this.openChat(true);
      this.chat.focus();
    } else if (key === 'escape') this.toggle(undefined);
    else this.toggle(key);
  }

  /** On a small screen there is room for one thing at a time. */
  private openChat(isOpen: boolean): void {
    if (isOpen && isSmallScreen()) this.toggle(undefined);
    this.chat.setOpen(isOpen);
  }

  private toggle(panel: SidePanel | undefined): void {
    this.open = panel === this.open ? undefined : panel;
    this.people.setOpen(this.open === 'people');
    this.settings.setOpen(this.open === 'settings');
    this.help.hidden = this.open !== 'help';
    if (this.open && isSmallScreen()) this.chat.setOpen(false);
    for (const [name, button] of Object.entries(this.buttons)) {
      button.setAttribute('aria-expanded', String(this.open === name));
    }
    if (!this.open) document.querySelector<HTMLElement>('#scene')?.focus();
  }
}

function isSmallScreen(): boolean {
  return window.innerWidth <= 720;
}

function makeVolume(client: WorldClient, preferences: PreferenceStore): HTMLElement {
  const slider = el('input', {
    type: 'range',
    min: 0,
    max: 100,
    value: Math.round(preferences.values.volume * 100),
    'aria-label': 'Volume of the others',
    oninput: () => {
      client.speaker.setVolume(slider.valueAsNumber / 100);
      preferences.update({ volume: slider.valueAsNumber / 100 });
    },
  });
  return el('label', { class: 'volume', title: 'Volume of the others' }, [icon('volume'), slider]);
}
