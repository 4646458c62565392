import {
  ACESFilmicToneMapping,
  PCFShadowMap,
  PMREMGenerator,
  PerspectiveCamera,
  Scene,
  Vector3,
  WebGLRenderer,
  type Material,
  type Object3D,
} from 'three';
import { Atmosphere } from './atmosphere.js';
import { Campfire } from './campfire.js';
import { Ground } from './ground.js';
import { Landmarks } from './landmarks.js';
import type { Mood } from './mood.js';
import type { Obstacle } from './place.js';
import { Plants } from './plants.js';
import { Pond } from './pond.js';
import { QualityGovernor, type QualityChoice, type QualityLevel } from './quality.js';
import { makeReflectedSky, Sky } from './sky.js';
import { Sunlight } from './sunlight.js';

/** How bright reflections are, beside the light that is there anyway. */
const REFLECTIONS = 0.45;

/** How much moves by itself: everything, less for people who asked for it, nothing for pictures that are compared. */
export type SceneMotion = 'lively' | 'calm' | 'still';

/** Called before each frame is drawn: the seconds since the last one, and since the start. */
export type FrameListener = (deltaS: number, timeS: number) => void;

/** The place: everything that is there whether or not people are. Draws itself. */
export class WorldScene {
  readonly camera = new PerspectiveCamera(62, 1, 0.1, 1_200);
  private readonly scene = new Scene();
  private readonly renderer: WebGLRenderer;
  private readonly sky = new Sky();
  private readonly sunlight = new Sunlight();
  private readonly atmosphere = new Atmosphere(this.sky, this.sunlight);
  private readonly plants = new Plants();
  private readonly ground = new Ground();
  private readonly campfire = new Campfire();
  private readonly pond = new Pond();
  private readonly governor: QualityGovernor;
  private readonly listeners: FrameListener[] = [];
  private readonly builtObstacles: readonly Obstacle[];
  private currentObstacles: readonly Obstacle[] = [];
  /** What zones ask for, where the viewer is. */
  mood: Mood = {};
  private lastFrameMs = 0;
  private timeS = 0;
  private drawnMs: number[] = [];

  /** Fails when the browser has no WebGL at all. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    quality: QualityChoice,
    private readonly motion: SceneMotion,
  ) {
    const isSoftware = isSoftwareGl();
    this.governor = new QualityGovernor(quality, isSoftware);
    // Smooth edges cost a processor four times the work.
    const antialias = quality === 'high' || (quality === 'auto' && !isSoftware);
    this.renderer = new WebGLRenderer({ canvas, antialias, powerPreference: 'high-performance' });
    this.renderer.toneMapping = ACESFilmicToneMapping;
    this.renderer.toneMappingExposure = 0.92;
    this.renderer.shadowMap.type = PCFShadowMap;
    const landmarks = new Landmarks();
    this.builtObstacles = [...landmarks.obstacles, ...this.campfire.obstacles];
    this.scene.fog = this.atmosphere.fog;
    this.scene.add(
      this.sky.group,
      this.atmosphere.group,
      this.sunlight.group,
      this.ground.mesh,
      this.plants.group,
      landmarks.group,
      this.campfire.group,
      this.pond.group,
      this.camera,
    );
    this.applyQuality();
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
  }

  /** What one bumps into now; with the quality, the number of trees changes. */
  get obstacles(): readonly Obstacle[] {
    return this.currentObstacles;
  }

  /** What is drawn with now. */
  get quality(): QualityLevel {
    return this.governor.level;
  }

  /** Frames drawn in the last second. */
  get framesPerSecond(): number {
    const sinceMs = performance.now() - 1_000;
    this.drawnMs = this.drawnMs.filter((atMs) => atMs > sinceMs);
    return this.drawnMs.length;
  }

  /** Puts something (somebody) into the place. */
  add(thing: Object3D): void {
    this.scene.add(thing);
  }

  /** Takes it out again. */
  remove(thing: Object3D): void {
    this.scene.remove(thing);
  }

  /** Calls `listener` before each frame. */
  onFrame(listener: FrameListener): void {
    this.listeners.push(listener);
  }

  /** For whoever draws something of its own: the canvas, and what is in the scene. */
  get view(): { canvas: HTMLCanvasElement; scene: Scene; camera: PerspectiveCamera } {
    return { canvas: this.canvas, scene: this.scene, camera: this.camera };
  }

  /** Where a place is on the page, in pixels; undefined when it is behind the camera. */
  project(x: number, y: number, z: number): { x: number; y: number } | undefined {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const seen = new Vector3(x, y, z).project(this.camera);
    if (seen.z > 1) return undefined;
    return { x: left + ((seen.x + 1) / 2) * width, y: top + ((1 - seen.y) / 2) * height };
  }

  /** Draws one frame now, and gives it as the address of a PNG: the same world gives the same picture when all is still. */
  takePicture(): string {
    this.turn(0);
    return this.canvas.toDataURL('image/png');
  }

  /** Lets polished surfaces reflect the sky, on machines that can; made when somebody brings the first. */
  showReflections(): void {
    // Where the processor draws, this would stop everything for seconds.
    if (this.scene.environment || !this.governor.level.hasShadows) return;
    const maker = new PMREMGenerator(this.renderer);
    const surroundings = new Scene().add(makeReflectedSky());
    this.scene.environment = maker.fromScene(surroundings, 0.02, 1, 1_000).texture;
    this.scene.environmentIntensity = REFLECTIONS;
    maker.dispose();
  }

  /** Begins to draw. */
  start(): void {
    const frame = (nowMs: number): void => {
      requestAnimationFrame(frame);
      const sinceMs = nowMs - this.lastFrameMs;
      // A millisecond of tolerance, or a 60 Hz screen would skip every other frame of a 60 Hz limit.
      if (sinceMs < 1_000 / this.governor.level.framesPerSecondMax - 1) return;
      this.lastFrameMs = nowMs;
      this.turn(Math.min(sinceMs, 100) / 1_000);
    };
    requestAnimationFrame(frame);
  }

  private turn(deltaS: number): void {
    const beganMs = performance.now();
    const isStill = this.motion === 'still';
    if (!isStill) this.timeS += deltaS;
    for (const listener of this.listeners) listener(isStill ? 0 : deltaS, this.timeS);
    const viewer = this.camera.position;
    const isLively = this.motion === 'lively';
    this.sky.update(viewer, isLively ? this.timeS : 0);
    this.atmosphere.update(this.mood, viewer, deltaS, isStill);
    this.sunlight.update(viewer);
    this.campfire.update(this.timeS, !isLively);
    if (isLively) this.pond.update(this.timeS);
    this.renderer.render(this.scene, this.camera);
    const endedMs = performance.now();
    this.drawnMs.push(endedMs);
    if (this.drawnMs.length > 240) this.drawnMs.shift();
    // With a graphics card drawing is asynchronous and the pace of frames tells more than the call.
    if (isStill) return;
    if (this.governor.handleFrame(Math.max(endedMs - beganMs, deltaS * 1_000 - 8))) this.applyQuality();
  }

  private applyQuality(): void {
    const level = this.governor.level;
    this.sunlight.setShadows(level.hasShadows);
    this.renderer.shadowMap.enabled = level.hasShadows;
    this.plants.undergrowth.visible = level.hasUndergrowth;
    this.ground.setFine(level.hasUndergrowth);
    this.plants.setShare(level.treeShare);
    this.currentObstacles = [...this.builtObstacles, ...this.plants.obstacles];
    this.campfire.setLight(level.hasUndergrowth);
    this.scene.traverse((thing) => {
      // Materials are compiled for or without shadows.
      const { material } = thing as { material?: Material | Material[] };
      for (const each of Array.isArray(material) ? material : material ? [material] : []) each.needsUpdate = true;
    });
    this.resize();
  }

  private resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    const ratio = Math.min(window.devicePixelRatio, this.governor.level.pixelRatio);
    this.renderer.setPixelRatio(this.governor.level.pixelRatio < 1 ? this.governor.level.pixelRatio : ratio);
    this.renderer.setSize(clientWidth, clientHeight, false);
    this.camera.aspect = clientWidth / clientHeight;
    // On upright phones the same vertical angle would be a keyhole.
    this.camera.fov = this.camera.aspect < 0.8 ? 74 : 62;
    this.camera.updateProjectionMatrix();
  }
}

/** Whether WebGL is imitated by the processor. Must be known before the real context is made. */
function isSoftwareGl(): boolean {
  const gl = document.createElement('canvas').getContext('webgl');
  if (!gl) return false;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}
