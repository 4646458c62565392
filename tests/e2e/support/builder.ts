import type { Locator } from 'playwright-core';
import type { Visitor } from './visitor.js';
import { within } from './within.js';

const STEP_MS_MAX = 20_000;
/** As the web client draws: see web/client/src/world/scene.ts and controls/camera-rig.ts. */
const VIEW_DEGREES = 62;

interface Vec3 {
  x: number;
  y: number;
  z: number;
}

/** The hands of a visitor in build mode: buttons, handles and fields, as a person uses them. */
export class Builder {
  constructor(private readonly visitor: Visitor) {}

  /** Begins to build, or ends it. */
  async setBuilding(isOn: boolean): Promise<void> {
    const button = this.button('Build (B)');
    const isPressed = await this.step('looks at the build button', button.getAttribute('aria-pressed'));
    if ((isPressed === 'true') !== isOn) await this.press('Build (B)');
  }

  async press(label: string): Promise<void> {
    await this.step(`presses "${label}"`, this.button(label).click({ timeout: STEP_MS_MAX }));
  }

  /** Makes one of the things in the menu. It is chosen when it is there. */
  async add(label: string): Promise<void> {
    await this.press('Add something');
    const menu = this.visitor.page.getByRole('group', { name: 'Add something' });
    const entry = menu.getByRole('button').filter({ has: this.visitor.page.locator(`b:text-is("${label}")`) });
    await this.step(`adds a ${label}`, entry.click({ timeout: STEP_MS_MAX }));
  }

  /** Waits until nothing lies over these buttons. */
  async untilReachable(labels: readonly string[]): Promise<void> {
    for (const label of labels) await this.tryOut(label, this.button(label));
  }

  /** Waits until each entry of the open menu can be scrolled to and pressed. */
  async untilMenuReachable(): Promise<void> {
    const entries = this.visitor.page.getByRole('group', { name: 'Add something' }).getByRole('button');
    const count = await this.step('counts what can be added', entries.count());
    if (count === 0) throw new Error(`${this.visitor.name} has an empty menu`);
    for (let index = 0; index < count; index++) await this.tryOut(`entry ${index}`, entries.nth(index));
  }

  /** Does all of a click but the click. */
  private tryOut(what: string, button: Locator): Promise<void> {
    return this.step(`could press "${what}"`, button.click({ trial: true, timeout: STEP_MS_MAX }));
  }

  /** Chooses a thing in the list, by its name. */
  async choose(name: string): Promise<void> {
    const things = this.visitor.page.getByRole('region', { name: 'Things in this world' });
    const row = things.getByRole('button').filter({ hasText: name }).first();
    await this.step(`chooses ${name}`, row.click({ timeout: STEP_MS_MAX }));
  }

  /** Writes into a field of the property sheet. */
  async write(label: string, text: string): Promise<void> {
    const field = await this.reach(label);
    await this.step(`writes "${text}" as ${label}`, field.fill(text, { timeout: STEP_MS_MAX }));
    await this.step(`has written ${label}`, field.press('Tab', { timeout: STEP_MS_MAX }));
  }

  /** A field of the property sheet by its label. */
  field(label: string): Locator {
    return this.sheet.getByLabel(label, { exact: true });
  }

  /** Waits until a field cannot be written into: the sheet shows what the world is told a frame later. */
  async untilDisabled(label: string): Promise<void> {
    const disabled = this.field(label).and(this.visitor.page.locator(':disabled'));
    const waiting = disabled.waitFor({ state: 'attached', timeout: STEP_MS_MAX });
    await this.step(`cannot write ${label}`, waiting);
  }

  /** A field whose section is open. */
  async reach(label: string): Promise<Locator> {
    const field = this.field(label);
    await this.step(`has the field ${label}`, field.waitFor({ state: 'attached', timeout: STEP_MS_MAX }));
    await this.unfold();
    const inside = this.visitor.page.getByLabel(label, { exact: true });
    const closed = this.sheet.locator('details:not([open])').filter({ has: inside }).first();
    if ((await this.step(`looks whether ${label} is open`, closed.count())) > 0) {
      const summary = closed.locator('> summary');
      await this.step(`opens the section of ${label}`, summary.click({ timeout: STEP_MS_MAX }));
    }
    return field;
  }

  /** Unfolds the property sheet, which folds itself where it would lie over the chosen thing, and unfolds where not. */
  private async unfold(): Promise<void> {
    const fold = this.sheet.getByRole('button', { name: 'Show its properties', exact: true });
    const folded = this.sheet.and(this.visitor.page.locator('.is-folded'));
    while ((await this.step('looks whether its properties are shown', folded.count())) > 0) {
      await this.step('unfolds the properties', fold.click({ timeout: STEP_MS_MAX }));
    }
  }

  /** Waits until the property sheet says what is wrong. */
  async untilFault(): Promise<string> {
    const alert = this.sheet.locator('[role=alert]:not([hidden])').first();
    await this.step('is told a fault', alert.waitFor({ state: 'visible', timeout: STEP_MS_MAX }));
    return (await this.step('reads the fault', alert.textContent())) ?? '';
  }

  /** The one thing that is chosen has its handles where it is drawn: drags the red arrow by so many pixels. */
  async dragAlongX(id: string, byPx: number): Promise<void> {
    const { page } = this.visitor;
    // The view and the handles are where they belong when they have been drawn.
    await this.step(
      'draws',
      page.evaluate(() => void window.vicinity!.scene.takePicture()),
    );
    const at = await this.placeOfArrow(id);
    await this.step('takes the arrow', page.mouse.move(at.x, at.y, { steps: 3 }));
    await this.step('presses the arrow', page.mouse.down());
    await this.step('drags the arrow', page.mouse.move(at.x + byPx, at.y, { steps: 6 }));
    await this.step('lets the arrow go', page.mouse.up());
  }

  /** Where in the page a point of the world is drawn, for a view that looks along -z. */
  async pointOnPage(point: Vec3): Promise<{ x: number; y: number; distanceM: number }> {
    const { eye, pitch, width, height } = await this.step(
      'says where it looks from',
      this.visitor.page.evaluate(() => {
        const { position } = window.vicinity!.client.localAvatar.pose;
        const { clientWidth, clientHeight } = document.querySelector<HTMLElement>('#scene')!;
        return { eye: { ...position }, pitch: -0.05, width: clientWidth, height: clientHeight };
      }),
    );
    const [x, y, z] = [point.x - eye.x, point.y - (eye.y + EYE_M), point.z - eye.z];
    const up = y * Math.cos(pitch) + z * Math.sin(pitch);
    const ahead = -z * Math.cos(pitch) + y * Math.sin(pitch);
    const scale = height / 2 / Math.tan((VIEW_DEGREES * Math.PI) / 360) / ahead;
    return { x: width / 2 + x * scale, y: height / 2 - up * scale, distanceM: Math.hypot(x, y, z) };
  }

  private async placeOfArrow(id: string): Promise<{ x: number; y: number }> {
    const asking = this.visitor.page.evaluate((chosen) => window.vicinity!.scene.entityPosition(chosen), id);
    const position = await this.step('says where the thing is drawn', asking);
    if (!position) throw new Error(`${this.visitor.name} does not draw ${id}`);
    const { distanceM } = await this.pointOnPage(position);
    // Handles are as large on the page at every distance; the arrow reaches to half of that.
    const sizeM = ((distanceM * 1.9 * Math.tan((VIEW_DEGREES * Math.PI) / 360)) / 4) * 0.85;
    return this.pointOnPage({ ...position, x: position.x + 0.4 * sizeM });
  }

  private get sheet(): Locator {
    return this.visitor.page.getByRole('region', { name: 'Properties' });
  }

  private button(label: string): Locator {
    return this.visitor.page.getByRole('button', { name: label, exact: true });
  }

  private step<T>(what: string, work: Promise<T>): Promise<T> {
    return within(STEP_MS_MAX + 1_000, `${this.visitor.name} ${what}`, work);
  }
}

/** Height of the eyes over the feet, in metres. */
const EYE_M = 1.6;
