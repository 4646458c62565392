import type { Texture } from 'three';
import type { EntityId } from '@vicinity/sdk';
import { BorrowedTexture } from './borrowed-texture.js';
import type { EntityAnchor } from './entity-anchor.js';
import type { MaterialLook, VisualSurroundings } from './entity-visual.js';
import { type MaterialData, readMaterialData } from './kinds/material-data.js';

interface Material {
  parentId: EntityId | undefined;
  priority: number;
  data: MaterialData | undefined;
  picture: BorrowedTexture;
}

/** Material entities: each gives its parent another surface; of several on one parent the highest priority is seen. */
export class EntityDressing {
  private readonly materials = new Map<EntityId, Material>();
  private readonly byParent = new Map<EntityId, Set<Material>>();

  constructor(
    private readonly anchorOf: (id: EntityId) => EntityAnchor | undefined,
    private readonly surroundings: VisualSurroundings,
  ) {}

  /** A Material is new, or has changed. */
  handleMaterial({ entity, values }: EntityAnchor): void {
    const { id, parentId } = entity;
    const known = this.materials.get(id);
    const material: Material = known ?? {
      parentId: undefined,
      priority: 0,
      data: undefined,
      picture: new BorrowedTexture(id, this.surroundings, () => this.handlePicture(id)),
    };
    this.materials.set(id, material);
    const before = material.parentId;
    if (before !== parentId) this.move(material, parentId);
    material.priority = values.number('priority');
    const [address, name] = values.text('materialURL').split('#');
    const isOwn = address === '' || address === 'materialData' || address.startsWith('materialData');
    material.data = isOwn ? readMaterialData(values.text('materialData'), name ?? '') : undefined;
    if (before !== parentId) this.dress(before);
    this.dress(parentId);
  }

  forget(id: EntityId): void {
    const material = this.materials.get(id);
    if (!material) return;
    const { parentId } = material;
    this.materials.delete(id);
    this.move(material, undefined);
    material.picture.dispose();
    this.dress(parentId);
  }

  /** Something that may have been given another surface is seen again. */
  handleNew({ entity, visual }: EntityAnchor): void {
    if (visual?.dress && this.byParent.has(entity.id)) this.dress(entity.id);
  }

  /** Something is not seen any more, nor is its surface. */
  handleGone({ entity }: EntityAnchor): void {
    for (const material of this.byParent.get(entity.id) ?? []) material.picture.ask('');
  }

  private handlePicture(id: EntityId): void {
    this.dress(this.materials.get(id)?.parentId);
  }

  private move(material: Material, parentId: EntityId | undefined): void {
    const former = material.parentId === undefined ? undefined : this.byParent.get(material.parentId);
    former?.delete(material);
    if (former?.size === 0) this.byParent.delete(material.parentId!);
    material.parentId = parentId;
    if (parentId === undefined) return;
    const others = this.byParent.get(parentId);
    if (others) others.add(material);
    else this.byParent.set(parentId, new Set([material]));
  }

  private dress(parentId: EntityId | undefined): void {
    const visual = parentId === undefined ? undefined : this.anchorOf(parentId)?.visual;
    if (parentId === undefined || !visual?.dress) return;
    const materials = this.byParent.get(parentId) ?? new Set<Material>();
    let highest: Material | undefined;
    for (const material of materials) {
      if (material.data && (!highest || material.priority > highest.priority)) highest = material;
    }
    // Only pictures that are seen are fetched.
    for (const material of materials) if (material !== highest) material.picture.ask('');
    highest?.picture.ask(highest.data?.albedoMap ?? '');
    visual.dress(highest?.data && lookOf(highest.data, highest.picture.texture));
  }
}

function lookOf(data: MaterialData, map: Texture | undefined): MaterialLook {
  const { albedo, emissive, opacity, roughness, metallic, isUnlit } = data;
  return { colour: albedo, emissive, opacity, roughness, metallic, isUnlit, map };
}
