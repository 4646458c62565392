import { WORLD_CHANNEL, VicinityError, type ChannelMessage, type WorldClient } from '@vicinity/sdk';
import { cssColour, el, icon } from './element.js';

const LINES_MAX = 300;
const TEXT_CHARACTERS_MAX = 2_000;
const clockFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The world chat: what was said, and a line to say something. Everything is shown as text and nothing else. */
export class ChatPanel {
  readonly element: HTMLElement;
  private readonly log = el('ol', { class: 'chat-log', role: 'log', 'aria-label': 'Chat', tabindex: 0 });
  private readonly input: HTMLInputElement;
  private readonly lines = new Map<ChannelMessage, HTMLElement>();
  private readonly order: ChannelMessage[] = [];
  /** Messages that came while the chat was closed. */
  private unread = 0;

  constructor(
    private readonly client: WorldClient,
    private readonly onUnread: (count: number) => void,
  ) {
    this.input = el('input', {
      type: 'text',
      maxlength: TEXT_CHARACTERS_MAX,
      autocomplete: 'off',
      enterkeyhint: 'send',
      placeholder: 'Say something to everybody…',
      'aria-label': 'Message to everybody',
    });
    const form = el(
      'form',
      {
        class: 'chat-form',
        onsubmit: (event: SubmitEvent) => {
          event.preventDefault();
          void this.send();
        },
      },
      [this.input, el('button', { type: 'submit', class: 'icon-button', 'aria-label': 'Send' }, [icon('send')])],
    );
    this.element = el('section', { class: 'panel chat', 'aria-label': 'Chat' }, [this.log, form]);
    this.input.addEventListener('keydown', (event) => {
      // Enter with nothing to say goes back to walking.
      if (event.key === 'Escape' || (event.key === 'Enter' && this.input.value.trim() === '')) {
        event.preventDefault();
        this.leaveInput();
      }
    });
    client.channels.on('message', (message) => this.add(message));
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Opens and closes the chat. */
  setOpen(isOpen: boolean): void {
    this.element.hidden = !isOpen;
    if (!isOpen) return;
    this.unread = 0;
    this.onUnread(0);
    this.scrollDown();
  }

  /** Opens the chat with the cursor in its line. */
  focus(): void {
    this.setOpen(true);
    this.input.focus();
  }

  private leaveInput(): void {
    this.input.blur();
    document.querySelector<HTMLElement>('#scene')?.focus();
  }

  private async send(): Promise<void> {
    const text = this.input.value.trim();
    if (text === '') return this.leaveInput();
    this.input.value = '';
    try {
      await this.client.say(text);
    } catch (error) {
      // What was typed is not lost, unless something new has been typed meanwhile.
      if (this.input.value === '') this.input.value = text;
      this.addNote(error instanceof VicinityError ? error.message : 'That could not be sent.');
    }
  }

  private add(message: ChannelMessage): void {
    if (message.channel !== WORLD_CHANNEL || message.text === undefined) return;
    const isAtEnd = this.log.scrollTop + this.log.clientHeight >= this.log.scrollHeight - 30;
    const line = this.makeLine(message, message.text);
    // Old messages may come after newer ones; each line goes to its place.
    let index = this.order.length;
    while (index > 0 && comesBefore(message, this.order[index - 1])) index--;
    const next = this.order[index];
    this.log.insertBefore(line, next ? (this.lines.get(next) ?? null) : null);
    this.order.splice(index, 0, message);
    this.lines.set(message, line);
    this.trim();
    if (isAtEnd) this.scrollDown();
    if (!this.isOpen && !message.isHistory && message.senderId !== this.client.sessionId) this.onUnread(++this.unread);
  }

  private makeLine(message: ChannelMessage, text: string): HTMLElement {
    const at = new Date(message.sentAtMs);
    const time = el('time', { datetime: at.toISOString(), title: dateFormat.format(at) }, [clockFormat.format(at)]);
    const isOwn = message.senderId === this.client.sessionId;
    const name = el('b', {}, [message.senderName]);
    const colour = isOwn
      ? this.client.localAvatar.traits.colour
      : this.client.avatars.get(message.senderId)?.traits.colour;
    if (colour) name.style.setProperty('--name-colour', cssColour(colour));
    // What was said only to those who are near may be longer than what can be typed here.
    const words = el('span', {}, [text.slice(0, TEXT_CHARACTERS_MAX)]);
    return el('li', { class: isOwn ? 'own' : '', title: message.isNearby ? 'Said to those who are near' : '' }, [
      time,
      name,
      words,
    ]);
  }

  private addNote(text: string): void {
    this.log.append(el('li', { class: 'note' }, [text]));
    this.scrollDown();
  }

  private trim(): void {
    while (this.order.length > LINES_MAX) {
      const oldest = this.order.shift()!;
      this.lines.get(oldest)?.remove();
      this.lines.delete(oldest);
    }
  }

  private scrollDown(): void {
    this.log.scrollTop = this.log.scrollHeight;
  }
}

function comesBefore(a: ChannelMessage, b: ChannelMessage): boolean {
  return a.sequence < b.sequence ? a.sentAtMs <= b.sentAtMs : a.sentAtMs < b.sentAtMs;
}
