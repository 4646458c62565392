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
  map: Texture | undefined;
}

/** Material entities: each gives its parent another surface; of several on one parent the highest priority is seen. */
export class EntityDressing {
  private readonly materials = new Map<EntityId, Material>();

  constructor(
    private readonly anchorOf: (id: EntityId) => EntityAnchor | undefined,
    private readonly surroundings: VisualSurroundings,
  ) {}

  /** A Material is new, or has changed. */
  handleMaterial({ entity, values }: EntityAnchor): void {
    const { id, parentId } = entity;
    const known = this.materials.get(id);
    const material: Material = known ?? {
      parentId,
      priority: 0,
      data: undefined,
      picture: new BorrowedTexture(id, this.surroundings, () => this.handlePicture(id)),
      map: undefined,
    };
    this.materials.set(id, material);
    const before = material.parentId;
    material.parentId = parentId;
    material.priority = values.number('priority');
    const [address, name] = values.text('materialURL').split('#');
    const isOwn = address === '' || address === 'materialData' || address.startsWith('materialData');
    material.data = isOwn ? readMaterialData(values.text('materialData'), name ?? '') : undefined;
    material.picture.ask(material.data?.albedoMap ?? '');
    if (before !== parentId) this.dress(before);
    this.dress(parentId);
  }

  forget(id: EntityId): void {
    const material = this.materials.get(id);
    if (!material) return;
    this.materials.delete(id);
    material.picture.dispose();
    this.dress(material.parentId);
  }

  /** Something that may have been given another surface is seen again. */
  handleNew({ entity, visual }: EntityAnchor): void {
    if (visual?.dress && this.materials.size > 0) this.dress(entity.id);
  }

  private handlePicture(id: EntityId): void {
    const material = this.materials.get(id);
    if (!material) return;
    material.map = material.picture.texture;
    this.dress(material.parentId);
  }

  private dress(parentId: EntityId | undefined): void {
    const visual = parentId === undefined ? undefined : this.anchorOf(parentId)?.visual;
    if (!visual?.dress) return;
    let highest: Material | undefined;
    for (const material of this.materials.values()) {
      if (material.parentId !== parentId || !material.data) continue;
      if (!highest || material.priority > highest.priority) highest = material;
    }
    visual.dress(highest?.data && lookOf(highest.data, highest.map));
  }
}

function lookOf(data: MaterialData, map: Texture | undefined): MaterialLook {
  const { albedo, emissive, opacity, roughness, metallic, isUnlit } = data;
  return { colour: albedo, emissive, opacity, roughness, metallic, isUnlit, map };
}
