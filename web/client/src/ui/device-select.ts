import { el } from './element.js';

/** A list of sound devices that keeps up with what is plugged in. */
export class DeviceSelect {
  readonly element: HTMLSelectElement;

  constructor(
    private readonly list: () => Promise<MediaDeviceInfo[]>,
    private readonly kind: string,
    private chosen: string,
    onChoose: (deviceId: string) => void,
  ) {
    this.element = el('select', {
      onchange: () => {
        this.chosen = this.element.value;
        onChoose(this.chosen);
      },
    });
    void this.refresh();
  }

  /** Asks again what there is. Names appear once the permission has been given. */
  async refresh(): Promise<void> {
    const devices = (await this.list()).filter(({ deviceId }) => deviceId !== '' && deviceId !== 'default');
    this.element.replaceChildren(
      el('option', { value: '' }, [`The system's ${this.kind}`]),
      ...devices.map(({ deviceId, label }, index) =>
        el('option', { value: deviceId, selected: deviceId === this.chosen }, [label || `${this.kind} ${index + 1}`]),
      ),
    );
  }
}
