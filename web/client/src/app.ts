import { VicinityError, type Pose, type Vec3, type WorldClient } from '@vicinity/sdk';
import { Crowd } from './avatars/crowd.js';
import { Keyboard } from './controls/keyboard.js';
import { OwnBody } from './controls/own-body.js';
import { PointerLook } from './controls/pointer-look.js';
import type { Solid } from './controls/solids.js';
import { TouchStick } from './controls/touch-stick.js';
import { BuildMode } from './build/build-mode.js';
import { ClickWatch } from './controls/click-watch.js';
import { Gaze } from './controls/gaze.js';
import { EntityLinks } from './entities/entity-links.js';
import { EntityScene } from './entities/entity-scene.js';
import { SolidThings } from './entities/solid-things.js';
import type { LinkOptions } from './link-options.js';
import { holdPolicy } from './page-policy.js';
import type { PreferenceStore, Preferences } from './preferences.js';
import { EntryScreen } from './ui/entry-screen.js';
import { adviceFor } from './ui/failure-sentences.js';
import { Hud } from './ui/hud.js';
import { ENTRANCE } from './world/place.js';
import type { WorldScene } from './world/scene.js';

const SLOW_UPDATE_MS = 300;
/** Without a picture, the level meters still move. */
const METER_MS = 66;
/** Who shows up within this time was here before us. */
const SETTLE_MS = 3_000;
const HISTORY_COUNT = 50;
/** Radius of the personal space that one can switch on, in metres. */
const PERSONAL_SPACE_M = 1;

/** Brings the parts together: door, world, interface. Decides nothing about any of them. */
export class App {
  private readonly entry: EntryScreen;
  private readonly hud: Hud;
  private readonly body: OwnBody | undefined;
  private readonly look: PointerLook | undefined;
  private readonly crowd: Crowd | undefined;
  /** The things of the world; undefined when nothing is drawn. */
  readonly things: EntityScene | undefined;
  /** Undefined when nothing is drawn. */
  readonly build: BuildMode | undefined;
  private readonly solids: SolidThings | undefined;
  private readonly gaze: Gaze | undefined;
  private readonly links: EntityLinks | undefined;
  private isInside = false;
  private isPolicyHeld = false;
  private hasEntered = false;
  private enteredMs = 0;

  /** @param scene  undefined when nothing can, or should, be drawn: sound and chat work without */
  constructor(
    private readonly client: WorldClient,
    private readonly preferences: PreferenceStore,
    private readonly link: LinkOptions,
    private readonly scene: WorldScene | undefined,
    canvas: HTMLCanvasElement,
    parent: HTMLElement,
  ) {
    this.entry = new EntryScreen(client, preferences, () => void this.enter());
    this.hud = new Hud(client, preferences, {
      startMicrophone: () => void this.startMicrophone(),
      changePreferences: (changes) => this.follow(changes),
      toggleView: () => this.toggleView(),
      toggleBuilding: scene && (() => this.setBuilding(!this.build?.isOn)),
      leave: () => client.leave(),
    });
    this.entry.element.hidden = true;
    parent.append(this.hud.element, this.entry.element);
    const keyboard = new Keyboard(
      (key) => this.isInside && this.hud.handleKey(key),
      (isTalking) => client.microphone.setTalking(isTalking),
    );
    if (scene) {
      const isHandle = (event: PointerEvent): boolean => this.build?.claims(event) === true;
      const stick = new TouchStick(canvas, parent, isHandle);
      this.look = new PointerLook(
        canvas,
        (event) => (event.pointerType === 'touch' && stick.isMine(event)) || isHandle(event),
      );
      const controls = { keyboard, look: this.look, stick };
      const solidsNear = (feet: Vec3): readonly Solid[] => this.solids?.near(feet, client.nowMs()) ?? [];
      this.body = new OwnBody(client, scene, controls, solidsNear, link.isStill);
      if (!link.isStill) this.crowd = new Crowd(client, scene);
      this.things = new EntityScene(client, {
        countMax: () => scene.quality.thingsMax,
        costShare: () => scene.quality.thingsShare,
        allowsOthers: () => preferences.values.loadsFromOthers,
        isStill: link.isStill,
        onModel: () => scene.showReflections(),
      });
      this.solids = new SolidThings(this.things);
      scene.add(this.things.group);
      this.gaze = new Gaze(client.entities);
      this.build = new BuildMode(client, scene, this.things, this.hud.notices, parent);
      this.links = new EntityLinks(this.things, canvas, scene.camera);
      new ClickWatch(canvas, (event) => this.isInside && !this.build?.isOn && this.links?.handleClick(event));
      this.hud.element.append(this.build.element, this.links.element);
      scene.onFrame((deltaS, timeS) => this.update(deltaS, timeS));
    } else {
      parent.classList.add('without-scene');
      setInterval(() => this.update(METER_MS / 1_000, 0), METER_MS);
    }
    this.listen();
    this.applyPreferences();
  }

  /** Figures that are drawn, for tests and the curious. */
  get figureCount(): number {
    return this.crowd?.size ?? 0;
  }

  /** Shows the door, or goes straight in when the link says who comes. */
  start(): void {
    if (this.link.name) this.preferences.update({ name: this.link.name });
    if (this.link.joinsAtOnce) void this.enter();
    else this.entry.show();
  }

  private async enter(): Promise<void> {
    const { name, colour, wantsMicrophone } = this.preferences.values;
    this.entry.setBusy('Connecting…');
    this.entry.explain(undefined);
    // A link alone never switches a microphone on, unless it says so.
    const isHeard = this.link.microphone ? this.link.microphone === 'on' : !this.link.joinsAtOnce && wantsMicrophone;
    // Voices can follow when the permission has been given; walking in need not wait for it.
    if (isHeard && this.client.microphone.state !== 'on') void this.startMicrophone();
    if (!isHeard) this.client.microphone.stop();
    try {
      await this.client.join({
        world: this.link.world,
        traits: { name: name || 'Guest', colour },
        pose: this.placeToArrive(),
      });
    } catch (error) {
      if (error instanceof VicinityError && error.code !== 'left-world') this.entry.show(error);
      else this.entry.show();
    }
  }

  private placeToArrive(): Pose {
    if (this.hasEntered) return this.client.localAvatar.pose;
    if (this.link.pose) return this.link.pose;
    const angle = Math.random() * Math.PI * 2;
    const distance = Math.sqrt(Math.random()) * ENTRANCE.radius;
    return {
      position: { x: ENTRANCE.x + Math.cos(angle) * distance, y: 0, z: ENTRANCE.z + Math.sin(angle) * distance },
      orientation: { x: 0, y: 0, z: 0, w: 1 },
    };
  }

  private async startMicrophone(): Promise<void> {
    const { microphoneId, voiceProcessing } = this.preferences.values;
    const options = { deviceId: microphoneId || undefined, processing: voiceProcessing && !this.link.isVoiceRaw };
    // The failure is told by the microphone's own event.
    await this.client.microphone.start(options).catch(() => undefined);
  }

  private listen(): void {
    const { client, hud } = this;
    client.on('status', (status) => {
      if (status.kind === 'connected') this.goInside();
      if (status.kind === 'reconnecting' && status.roundsFailed === 1)
        hud.notices.show(`${status.error.message} Trying again…`);
      if (status.kind === 'connecting' && status.error) this.keepTrying(status.error);
      if (status.kind === 'closed') this.goOutside(status.error);
    });
    client.on('session', ({ isResumed }) => {
      if (this.hasEntered && !isResumed && this.isInside) hud.notices.show('You are back, as a new visitor.');
    });
    client.localAvatar.on('traitsChanged', () => this.body?.repaint());
    client.microphone.on('failed', (error) => hud.notices.show(`${error.message} ${adviceFor(error) ?? ''}`));
    client.speaker.on('failed', (error) => hud.notices.show(error.message));
    client.avatars.on('joined', (avatar) => this.isInside && this.announce(`${avatar.name} is here.`));
    // Browsers play sound only after the person has done something with the page.
    for (const name of ['pointerdown', 'keydown'] as const) {
      window.addEventListener(name, () => void client.unlock(), { capture: true });
    }
    setInterval(() => this.isInside && hud.updateSlowly(), SLOW_UPDATE_MS);
  }

  private keepTrying(error: VicinityError): void {
    this.entry.element.hidden = false;
    this.entry.setBusy('Still trying…');
    this.entry.explain(error);
  }

  /** In a crowd, arrivals are no news; nor is who was here before us. */
  private announce(text: string): void {
    const isSettled = this.client.nowMs() - this.enteredMs > SETTLE_MS;
    if (isSettled && this.client.avatars.size <= 8 && this.client.state === 'connected') this.hud.notices.show(text);
  }

  private goInside(): void {
    if (this.isInside) return;
    this.isInside = true;
    if (!this.isPolicyHeld && !this.preferences.values.loadsFromOthers) {
      this.isPolicyHeld = true;
      holdPolicy(this.client.assets.baseUrl);
    }
    this.entry.hide();
    if (this.link.hasHud) this.hud.show();
    this.body?.appear();
    this.hasEntered = true;
    this.enteredMs = this.client.nowMs();
    this.hud.updateSlowly();
    document.querySelector<HTMLElement>('#scene')?.focus();
    // Old lines are a courtesy; a place without them is still a place.
    void this.client.channels.subscribe('world', { historyCount: HISTORY_COUNT }).catch(() => undefined);
  }

  private goOutside(error: VicinityError | undefined): void {
    if (!this.isInside) return;
    this.isInside = false;
    this.setBuilding(false);
    this.client.microphone.stop();
    this.body?.vanish();
    this.hud.hide();
    this.entry.show(error);
  }

  private update(deltaS: number, timeS: number): void {
    if (this.isInside) {
      this.body?.update(deltaS, timeS);
      if (this.scene) this.updateScene(this.scene, deltaS, timeS);
      this.hud.update();
    } else {
      this.body?.rig.orbit(timeS);
      this.entry.update();
    }
  }

  private updateScene(scene: WorldScene, deltaS: number, timeS: number): void {
    const { camera } = scene;
    camera.updateMatrixWorld();
    this.crowd?.update(deltaS, timeS, camera.position);
    this.things?.update(deltaS, camera);
    scene.mood = this.things?.zones.mood ?? {};
    this.gaze?.update(camera, performance.now());
    this.build?.update(performance.now());
  }

  private setBuilding(isOn: boolean): void {
    this.links?.close();
    this.build?.setOn(isOn);
    this.hud.setBuilding(isOn);
  }

  private toggleView(): void {
    const { firstPerson } = this.preferences.values;
    this.preferences.update({ firstPerson: !firstPerson });
    this.follow({ firstPerson: !firstPerson });
  }

  private applyPreferences(): void {
    const { pushToTalk, volume, outputId, firstPerson, mouseLock, personalSpace } = this.preferences.values;
    this.client.speaker.setVolume(volume);
    if (outputId) void this.client.speaker.setOutput(outputId).catch(() => undefined);
    this.follow({ pushToTalk, firstPerson, mouseLock, personalSpace });
  }

  /** Other rules for what may be loaded. */
  private followRules(): void {
    this.things?.reload();
    if (!this.preferences.values.loadsFromOthers || !this.isPolicyHeld) return;
    const action = { label: 'Load again', run: () => window.location.reload() };
    this.hud.notices.show('This takes effect when the page is loaded again.', action);
  }

  /** Lets changed preferences take effect. */
  private follow(changes: Partial<Preferences>): void {
    const { microphone, speaker, localAvatar, hearing } = this.client;
    if (changes.name !== undefined) localAvatar.setTraits({ name: changes.name });
    if (changes.colour !== undefined) localAvatar.setTraits({ colour: changes.colour });
    if (changes.pushToTalk !== undefined) microphone.setMode(changes.pushToTalk ? 'push-to-talk' : 'open');
    const isDeviceChanged = changes.microphoneId !== undefined || changes.voiceProcessing !== undefined;
    if (isDeviceChanged && microphone.state !== 'off') void this.startMicrophone();
    if (changes.outputId !== undefined) void speaker.setOutput(changes.outputId).catch(() => undefined);
    if (changes.personalSpace !== undefined) hearing.setPersonalSpace(changes.personalSpace ? PERSONAL_SPACE_M : 0);
    if (changes.loadsFromOthers !== undefined) this.followRules();
    if (changes.mouseLock !== undefined && this.look) this.look.usesLock = changes.mouseLock;
    if (changes.firstPerson !== undefined && this.body) {
      this.body.rig.view = changes.firstPerson ? 'first-person' : 'third-person';
    }
  }
}
