/** What is taken of the predecessor's material JSON. */
export interface MaterialData {
  /** 0xRRGGBB. */
  albedo: number | undefined;
  emissive: number | undefined;
  /** 0 to 1. */
  opacity: number | undefined;
  roughness: number | undefined;
  metallic: number | undefined;
  isUnlit: boolean;
  /** Address of a picture. */
  albedoMap: string | undefined;
}

/**
 * Reads `materialData`: JSON with one material or a list of them.
 *
 * @param name  of several; the first one where it is empty or not found
 * @returns undefined for what is no such JSON. Never throws. Pure
 */
export function readMaterialData(text: string, name = ''): MaterialData | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { materials } = fieldsOf(document);
  const all = (Array.isArray(materials) ? materials : [materials]).map(fieldsOf);
  const fields = all.find((each) => name !== '' && each.name === name) ?? all[0];
  if (!fields || Object.keys(fields).length === 0) return undefined;
  return {
    albedo: colourOf(fields.albedo),
    emissive: colourOf(fields.emissive),
    opacity: shareOf(fields.opacity),
    roughness: shareOf(fields.roughness),
    metallic: shareOf(fields.metallic),
    isUnlit: fields.unlit === true,
    albedoMap: typeof fields.albedoMap === 'string' && fields.albedoMap !== '' ? fields.albedoMap : undefined,
  };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function shareOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : undefined;
}

/** Three shares, or one for all of them, as the predecessor writes colours in materials. */
function colourOf(value: unknown): number | undefined {
  const parts = Array.isArray(value) ? value.slice(0, 3).map(shareOf) : Array(3).fill(shareOf(value));
  if (parts.length < 3 || parts.some((part) => part === undefined)) return undefined;
  const [red, green, blue] = (parts as number[]).map((part) => Math.round(part * 255));
  return (red << 16) | (green << 8) | blue;
}
