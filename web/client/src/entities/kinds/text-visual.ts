import { BackSide, Group, Mesh, MeshBasicMaterial, MeshLambertMaterial, PlaneGeometry } from 'three';
import type { EntityVisual } from '../entity-visual.js';
import type { ShownValues } from '../shown-values.js';
import { CanvasSurface, cssRgba } from './canvas-surface.js';
import { layoutText, TEXT_LINES_MAX, textLineM, textPixelsPerM } from './text-layout.js';

const CHARACTERS_MAX = 8_192;
/** Height of letters, as a share of their line. */
const LETTERS = 0.78;
const plane = new PlaneGeometry(1, 1);

/** A board with writing on it, towards its +z. */
export class TextVisual implements EntityVisual {
  readonly content = new Group();
  private readonly surface = new CanvasSurface();
  private readonly lit = new MeshLambertMaterial({ map: this.surface.texture, transparent: true });
  private readonly unlit = new MeshBasicMaterial({ map: this.surface.texture, transparent: true, toneMapped: false });
  private readonly backMaterial = new MeshLambertMaterial({ side: BackSide });
  private readonly front = new Mesh<PlaneGeometry, MeshLambertMaterial | MeshBasicMaterial>(plane, this.lit);
  private readonly back = new Mesh(plane, this.backMaterial);

  constructor() {
    this.content.add(this.front, this.back);
  }

  show(values: ShownValues): void {
    const { x, y } = values.vector('dimensions');
    const { middle } = values;
    this.content.position.set(middle.x, middle.y, middle.z);
    this.content.scale.set(Math.max(0.001, x), Math.max(0.001, y), 1);
    this.front.material = values.truth('unlit') ? this.unlit : this.lit;
    const alpha = values.number('backgroundAlpha', 1);
    this.back.visible = alpha > 0;
    this.backMaterial.color.setHex(values.colour('backgroundColor'));
    this.backMaterial.opacity = alpha;
    this.backMaterial.transparent = alpha < 1;
    this.write(values, Math.max(0.001, x), Math.max(0.001, y));
  }

  dispose(): void {
    this.surface.dispose();
    this.lit.dispose();
    this.unlit.dispose();
    this.backMaterial.dispose();
  }

  private write(values: ShownValues, widthM: number, heightM: number): void {
    const lineM = textLineM(values);
    this.surface.draw(widthM, heightM, textPixelsPerM(values), (pen, width, height, scale) => {
      pen.fillStyle = cssRgba(values.colour('backgroundColor'), values.number('backgroundAlpha', 1));
      pen.fillRect(0, 0, width, height);
      const line = lineM * scale;
      const left = values.number('leftMargin') * scale;
      const top = values.number('topMargin') * scale;
      const room = width - left - values.number('rightMargin') * scale;
      const bottom = height - values.number('bottomMargin') * scale;
      // Letters below two pixels are dust.
      if (line < 2 || room <= 0) return;
      pen.font = `500 ${line * LETTERS}px ${familyOf(values.text('font'))} system-ui, "Segoe UI", "Helvetica Neue", sans-serif`;
      pen.textBaseline = 'middle';
      const text = values.text('text').slice(0, CHARACTERS_MAX);
      const countMax = Math.min(TEXT_LINES_MAX, Math.ceil((bottom - top) / line));
      const lines = layoutText(text, (piece) => pen.measureText(piece).width, room, Math.max(0, countMax));
      pen.beginPath();
      pen.rect(left, top, room, Math.max(0, bottom - top));
      pen.clip();
      const spare = Math.max(0, bottom - top - lines.length * line);
      const shift = { top: 0, center: spare / 2, bottom: spare }[values.text('verticalAlignment')] ?? 0;
      writeLines(pen, lines, values, { left, top: top + shift, room, line });
    });
  }
}

function writeLines(
  pen: CanvasRenderingContext2D,
  lines: readonly string[],
  values: ShownValues,
  { left, top, room, line }: { left: number; top: number; room: number; line: number },
): void {
  const alignment = values.text('alignment');
  const isCentred = alignment === 'center';
  pen.textAlign = isCentred ? 'center' : alignment === 'right' ? 'right' : 'left';
  const x = isCentred ? left + room / 2 : alignment === 'right' ? left + room : left;
  const alpha = values.number('textAlpha', 1);
  const effect = values.text('textEffect');
  const thickness = values.number('textEffectThickness', 0.2) * line * 0.4;
  pen.fillStyle = cssRgba(values.colour('textColor'), alpha);
  pen.lineJoin = 'round';
  lines.forEach((text, index) => {
    const y = top + (index + 0.5) * line;
    if (effect === 'shadow') {
      pen.shadowColor = cssRgba(values.colour('textEffectColor'), alpha);
      pen.shadowOffsetX = pen.shadowOffsetY = thickness;
    } else if (effect.startsWith('outline')) {
      pen.strokeStyle = cssRgba(values.colour('textEffectColor'), alpha);
      pen.lineWidth = thickness;
      pen.strokeText(text, x, y);
    }
    if (effect !== 'outline') pen.fillText(text, x, y);
  });
}

/** Names of families that are asked for by name; addresses of fonts are not loaded. */
function familyOf(font: string): string {
  if (/courier|inconsolata|mono/i.test(font)) return 'ui-monospace, "Courier New", monospace,';
  if (/timeless|serif/i.test(font) && !/sans/i.test(font)) return 'Georgia, "Times New Roman", serif,';
  return 'Roboto,';
}
