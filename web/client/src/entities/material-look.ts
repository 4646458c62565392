import { Color, type Material, type Mesh, type MeshStandardMaterial, type Object3D } from 'three';
import type { MaterialLook } from './entity-visual.js';

/** What materials of three may have of a look. */
type Dressable = Material &
  Partial<Pick<MeshStandardMaterial, 'color' | 'emissive' | 'roughness' | 'metalness' | 'map'>>;

/** Copies of materials with another look over them; remembers the originals. One for each visual that can be dressed. */
export class Dress {
  private readonly originals = new Map<Mesh, Material | Material[]>();

  /** Puts a look over everything below `root`; undefined gives every mesh its own material back. */
  wear(root: Object3D, look: MaterialLook | undefined): void {
    this.takeOff();
    if (!look) return;
    root.traverse((thing) => {
      const mesh = thing as Mesh;
      if (!mesh.isMesh) return;
      this.originals.set(mesh, mesh.material);
      const materials = Array.isArray(mesh.material) ? mesh.material : [mesh.material];
      const dressed = materials.map((material) => withLook(material, look));
      mesh.material = Array.isArray(mesh.material) ? dressed : dressed[0];
    });
  }

  /** Gives every mesh its own material back. */
  takeOff(): void {
    for (const [mesh, material] of this.originals) {
      for (const copy of Array.isArray(mesh.material) ? mesh.material : [mesh.material]) copy.dispose();
      mesh.material = material;
    }
    this.originals.clear();
  }
}

function withLook(material: Material, look: MaterialLook): Material {
  const copy: Dressable = material.clone();
  if (look.colour !== undefined && copy.color) copy.color.setHex(look.colour);
  if (look.map && 'map' in copy) copy.map = look.map;
  if (copy.emissive) {
    if (look.emissive !== undefined) copy.emissive.setHex(look.emissive);
    else if (look.isUnlit) copy.emissive.copy(copy.color ?? new Color(0xffffff));
  }
  if (look.roughness !== undefined && copy.roughness !== undefined) copy.roughness = look.roughness;
  if (look.metallic !== undefined && copy.metalness !== undefined) copy.metalness = look.metallic;
  if (look.opacity !== undefined) {
    copy.opacity = look.opacity;
    copy.transparent = look.opacity < 1;
  }
  return copy;
}
