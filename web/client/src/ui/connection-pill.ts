import type { WorldClient } from '@vicinity/sdk';
import { el } from './element.js';

/** How the connection is, in a few words; read out when it changes. */
export class ConnectionPill {
  private readonly text = el('span', { role: 'status' });
  private readonly detail = el('span', { class: 'pill-detail' });
  readonly element = el('div', { class: 'pill' }, [el('span', { class: 'pill-dot' }), this.text, this.detail]);
  private shown = '';

  constructor(private readonly client: WorldClient) {
    client.on('status', () => this.update());
    this.update();
  }

  /** Called about once a second, for the round trip. */
  update(): void {
    const { status, rttMs } = this.client;
    const words = {
      idle: 'Not connected',
      connecting: 'Connecting…',
      connected: 'Connected',
      reconnecting: 'Reconnecting…',
      closed: status.kind === 'closed' && status.error ? 'Connection lost' : 'Left',
    }[status.kind];
    this.element.dataset.state = status.kind;
    // Saying the same again would make screen readers repeat it.
    if (words !== this.shown) this.text.textContent = this.shown = words;
    const isSlow = rttMs !== undefined && rttMs > 250;
    this.element.classList.toggle('slow', isSlow);
    this.detail.textContent =
      status.kind === 'connected' && rttMs !== undefined ? `${Math.max(1, Math.round(rttMs))} ms` : '';
    this.element.title =
      'error' in status && status.error ? status.error.message : `${words} ${this.detail.textContent}`;
  }
}
