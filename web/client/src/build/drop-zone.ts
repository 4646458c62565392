import { el, iconButton } from '../ui/element.js';

/** Files at once; more are a folder by mistake. */
const FILES_MAX = 20;
const FAULT_SHOWN_MS = 12_000;

/** Sends one file; `onProgress` is told the share that has been sent. Fails with an Error to be shown. */
export type FileSender = (
  file: File,
  at: { clientX: number; clientY: number } | undefined,
  onProgress: (share: number) => void,
) => Promise<void>;

/** Takes files that are dropped on the world, one after the other, and shows how far they are. */
export class DropZone {
  readonly element = el('div', { class: 'uploads', role: 'status', 'aria-label': 'Files on their way' });
  private readonly veil = el('div', { class: 'drop-veil', hidden: true }, [
    el('p', {}, ['Drop it where it should stand.']),
  ]);
  private queue: Promise<void> = Promise.resolve();

  /** @param isOn  whether files are welcome just now */
  constructor(
    parent: HTMLElement,
    private readonly isOn: () => boolean,
    private readonly send: FileSender,
  ) {
    parent.append(this.veil);
    window.addEventListener('dragover', (event) => this.handleOver(event));
    window.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) this.veil.hidden = true;
    });
    window.addEventListener('drop', (event) => this.handleDrop(event));
  }

  /** Sends files. @param at  where they were dropped; undefined for in front of the person */
  take(files: File[], at?: { clientX: number; clientY: number }): void {
    for (const file of files.slice(0, FILES_MAX)) this.takeOne(file, at);
  }

  private takeOne(file: File, at: { clientX: number; clientY: number } | undefined): void {
    const bar = el('progress', { max: 1, value: 0, 'aria-label': file.name });
    const text = el('span', { class: 'upload-name' }, [file.name]);
    const card = el('div', { class: 'toast upload' }, [text, bar]);
    this.element.append(card);
    this.queue = this.queue.then(async () => {
      try {
        await this.send(file, at, (share) => (bar.value = share));
        card.remove();
      } catch (error) {
        bar.remove();
        text.textContent = `${file.name}: ${error instanceof Error ? error.message : 'That did not work.'}`;
        card.append(iconButton('close', 'Close', () => card.remove()));
        setTimeout(() => card.remove(), FAULT_SHOWN_MS);
      }
    });
  }

  private handleOver(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    // Without this the browser would leave the world for the file.
    event.preventDefault();
    event.dataTransfer.dropEffect = this.isOn() ? 'copy' : 'none';
    this.veil.hidden = !this.isOn();
  }

  private handleDrop(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.veil.hidden = true;
    if (this.isOn()) this.take([...event.dataTransfer.files], { clientX: event.clientX, clientY: event.clientY });
  }
}
