import { AnimationMixer, Group, type Mesh, type Object3D, Vector3 } from 'three';
import { clone } from 'three/examples/jsm/utils/SkeletonUtils.js';
import type { EntityId } from '@vicinity/sdk';
import type { EntityVisual, Frame, MaterialLook, VisualSurroundings } from '../entity-visual.js';
import { Dress } from '../material-look.js';
import type { ModelFile } from '../model-file.js';
import type { Loan } from '../shared-cache.js';
import type { ShownValues } from '../shown-values.js';
import { NO_COST } from '../visual-cost.js';
import type { VisualCost } from '../visual-limits.js';
import { animationFrame, type AnimationPlan, FILE_FRAMES_PER_S, readAnimationPlan } from './animation-clock.js';
import { Placeholder } from './placeholder.js';

/** Channels of an animation that take the processor as long as one mesh. */
const CHANNELS_PER_DRAW = 4;

/** A body from a glTF or GLB file, fitted into its dimensions. */
export class ModelVisual implements EntityVisual {
  readonly content = new Group();
  private readonly clothes = new Dress();
  private readonly placeholder = new Placeholder();
  private trouble: string | undefined;
  private address = '';
  private animationAddress = '';
  private loan: Loan<ModelFile> | undefined;
  private animationLoan: Loan<ModelFile> | undefined;
  private file: ModelFile | undefined;
  private body: Object3D | undefined;
  private mixer: AnimationMixer | undefined;
  private durationS = 0;
  private channelCount = 0;
  private plan: AnimationPlan | undefined;
  private beganS: number | undefined;
  private values: ShownValues | undefined;
  private look: MaterialLook | undefined;

  constructor(
    private readonly id: EntityId,
    private readonly surroundings: VisualSurroundings,
  ) {
    this.content.add(this.placeholder.content);
  }

  get cost(): VisualCost | undefined {
    if (!this.file) return undefined;
    const { triangles, draws } = this.file;
    return { ...NO_COST, triangles, draws: draws + this.channelCount / CHANNELS_PER_DRAW };
  }

  show(values: ShownValues): void {
    this.values = values;
    const animation = values.group('animation');
    const plan = readAnimationPlan(animation);
    if (plan.isRunning !== this.plan?.isRunning) this.beganS = undefined;
    this.plan = plan;
    const address = values.text('modelURL');
    if (address !== this.address) this.load(address);
    const animationAddress = animation.text('url');
    if (animationAddress !== this.animationAddress) this.loadAnimation(animationAddress);
    this.fit();
    const { middle } = values;
    this.placeholder.content.position.set(middle.x, middle.y, middle.z);
    this.placeholder.show(values, this.trouble);
  }

  dress(look: MaterialLook | undefined): void {
    this.look = look;
    if (this.body) this.clothes.wear(this.body, look);
  }

  handleFrame({ serverS }: Frame): void {
    const { mixer, plan } = this;
    if (!mixer || !plan) return;
    this.beganS ??= serverS;
    const elapsedS = plan.isLooping ? serverS : serverS - this.beganS;
    const frame = animationFrame(plan, elapsedS, this.durationS * FILE_FRAMES_PER_S);
    mixer.setTime(frame / FILE_FRAMES_PER_S);
  }

  dispose(): void {
    this.unload();
    this.animationLoan?.release();
  }

  private load(address: string): void {
    this.unload();
    this.address = address;
    const loan = this.borrow(address);
    this.loan = loan;
    loan?.value.then(
      (file) => {
        if (this.loan === loan) this.embody(file);
      },
      (error: Error) => {
        if (this.loan === loan) this.report(error.message);
      },
    );
  }

  private loadAnimation(address: string): void {
    this.animationLoan?.release();
    this.animationLoan = undefined;
    this.animationAddress = address;
    // The predecessor's worlds name the model's own file for an animation that lies in it.
    this.surroundings.reportTrouble(this.id, this.trouble);
    if (address === '' || address === this.address) return this.animate(this.file);
    const loan = this.borrow(address);
    this.animationLoan = loan;
    loan?.value.then(
      (file) => this.animationLoan === loan && this.animate(file),
      (error: Error) => this.surroundings.reportTrouble(this.id, error.message),
    );
  }

  private borrow(address: string): Loan<ModelFile> | undefined {
    if (address === '') return undefined;
    const place = this.surroundings.resolve(address);
    if (place.kind === 'allowed') return this.surroundings.borrowModel(place.url);
    const sentence =
      place.kind === 'elsewhere' ? `It is at ${place.host}, which may not be asked.` : 'Its address leads nowhere.';
    this.report(sentence);
    return undefined;
  }

  private report(sentence: string | undefined): void {
    this.trouble = sentence;
    this.surroundings.reportTrouble(this.id, sentence);
    this.placeholder.show(this.values, this.body ? undefined : sentence);
  }

  private embody(file: ModelFile): void {
    this.file = file;
    // Geometry and materials are shared; bones are not.
    this.body = clone(file.scene);
    this.content.add(this.body);
    if (this.look) this.clothes.wear(this.body, this.look);
    if (!this.animationLoan) this.animate(file);
    this.fit();
  }

  private animate(file: ModelFile | undefined): void {
    this.mixer?.stopAllAction();
    this.mixer = undefined;
    this.channelCount = 0;
    const clip = file?.clips[0];
    if (!clip || !this.body) return;
    this.mixer = new AnimationMixer(this.body);
    this.mixer.clipAction(clip).play();
    this.durationS = clip.duration;
    this.channelCount = clip.tracks.length;
  }

  /** Scales the body to its dimensions and puts it where its registration point says. */
  private fit(): void {
    const { values, file, body } = this;
    if (!values || !file || !body) return;
    const natural = file.bounds.getSize(new Vector3());
    const dimensions = values.vector('dimensions');
    const ratio = (wanted: number, is: number): number => (is > 1e-6 && wanted > 0 ? wanted / is : 1);
    body.scale.set(ratio(dimensions.x, natural.x), ratio(dimensions.y, natural.y), ratio(dimensions.z, natural.z));
    body.scale.multiply(file.scene.scale);
    const middle = file.bounds.getCenter(new Vector3()).multiply(body.scale);
    if (values.truth('useOriginalPivot')) body.position.set(0, 0, 0);
    else body.position.set(values.middle.x - middle.x, values.middle.y - middle.y, values.middle.z - middle.z);
    const castsShadow = values.truth('canCastShadow');
    body.traverse((thing) => {
      const mesh = thing as Mesh;
      if (!mesh.isMesh) return;
      mesh.castShadow = castsShadow;
      mesh.receiveShadow = true;
    });
  }

  private unload(): void {
    if (this.address !== '') this.report(undefined);
    this.clothes.takeOff();
    this.mixer?.stopAllAction();
    if (this.body) this.content.remove(this.body);
    this.loan?.release();
    this.loan = this.file = this.body = this.mixer = undefined;
    this.address = '';
  }
}
