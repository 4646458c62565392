import { DoubleSide, Mesh, MeshBasicMaterial, PlaneGeometry } from 'three';
import { linkOf } from '../address-policy.js';
import type { EntityVisual } from '../entity-visual.js';
import type { ShownValues } from '../shown-values.js';
import { CanvasSurface } from './canvas-surface.js';
import { WEB_HEIGHT_PX } from './surface-size.js';

const plane = new PlaneGeometry(1, 1);
/** A sign that says which page is behind it. The page itself is opened by a click, in a window of its own: see links. */
export class WebVisual implements EntityVisual {
  private readonly surface = new CanvasSurface();
  readonly content = new Mesh(
    plane,
    new MeshBasicMaterial({ map: this.surface.texture, transparent: true, side: DoubleSide, toneMapped: false }),
  );

  show(values: ShownValues): void {
    const { x, y } = values.vector('dimensions');
    const { middle } = values;
    const [width, height] = [Math.max(0.01, x), Math.max(0.01, y)];
    this.content.position.set(middle.x, middle.y, middle.z);
    this.content.scale.set(width, height, 1);
    this.content.material.color.setHex(values.colour('color'));
    this.content.material.opacity = values.number('alpha', 1);
    this.content.visible = values.number('alpha', 1) > 0;
    const link = linkOf(values.text('sourceUrl'));
    const title = values.text('name') || link?.hostname || 'No page';
    this.surface.draw(width, height, WEB_HEIGHT_PX / height, (pen, w, h) => paint(pen, w, h, title, link));
  }

  dispose(): void {
    this.surface.dispose();
    this.content.material.dispose();
  }
}

function paint(
  pen: CanvasRenderingContext2D,
  width: number,
  height: number,
  title: string,
  link: URL | undefined,
): void {
  const unit = Math.min(height, width * 0.75) / 12;
  pen.fillStyle = '#f4f1ea';
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = '#2d3a52';
  pen.fillRect(0, 0, width, unit * 2.2);
  for (const [index, colour] of ['#f4b860', '#86d49b', '#7fa3d9'].entries()) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(unit * (1.1 + index * 1.1), unit * 1.1, unit * 0.35, 0, Math.PI * 2);
    pen.fill();
  }
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  const write = (text: string, y: number, size: number, colour: string, weight: number): void => {
    pen.font = `${weight} ${size}px system-ui, "Segoe UI", "Helvetica Neue", sans-serif`;
    pen.fillStyle = colour;
    pen.fillText(fit(pen, text, width - unit * 2), width / 2, y);
  };
  const middle = unit * 2.2 + (height - unit * 2.2) / 2;
  write(title, middle - unit * 1.5, unit * 1.7, '#22304a', 650);
  write(link ? link.host + link.pathname.replace(/\/$/, '') : 'no address', middle + unit * 0.6, unit, '#5c6a84', 400);
  if (link) write('Click to open it in another window', middle + unit * 2.6, unit * 0.8, '#8a6a2c', 500);
}

function fit(pen: CanvasRenderingContext2D, text: string, width: number): string {
  const characters = [...text.slice(0, 200)];
  if (pen.measureText(text).width <= width && text.length <= 200) return text;
  while (characters.length > 1 && pen.measureText(`${characters.join('')}…`).width > width) characters.pop();
  return `${characters.join('')}…`;
}
