type Fields = Record<string, unknown>;

/** Modes of primitives: a list of triangles is the default, strips and fans have one for nearly each vertex. */
const TRIANGLES = 4;
const STRIPS = new Set([5, 6]);

/**
 * What a glTF draws: a few nodes can show one large mesh again and again. Lines and points count as a triangle each.
 * Never throws; whatever is not as it should be counts as nothing, and the loader refuses it. Pure.
 */
export function countDrawn(document: Fields): { triangles: number; draws: number } {
  const accessors = listOf(document.accessors);
  const meshes = listOf(document.meshes).map((mesh) => {
    const primitives = listOf(mesh.primitives);
    const triangles = primitives.reduce((sum, primitive) => sum + trianglesOf(primitive, accessors), 0);
    return { triangles, draws: primitives.length };
  });
  let [triangles, draws] = [0, 0];
  for (const node of listOf(document.nodes)) {
    const mesh = typeof node.mesh === 'number' ? meshes[node.mesh] : undefined;
    if (!mesh) continue;
    triangles += mesh.triangles * repetitionsOf(node, accessors);
    draws += mesh.draws;
  }
  return { triangles, draws };
}

function trianglesOf({ indices, attributes, mode }: Fields, accessors: readonly Fields[]): number {
  const count = countOf(indices ?? fieldsOf(attributes).POSITION, accessors);
  const kind = mode ?? TRIANGLES;
  if (kind === TRIANGLES) return count / 3;
  return STRIPS.has(Number(kind)) ? Math.max(0, count - 2) : count;
}

/** Instances of a mesh that one node asks for. */
function repetitionsOf(node: Fields, accessors: readonly Fields[]): number {
  const { attributes } = fieldsOf(fieldsOf(node.extensions).EXT_mesh_gpu_instancing);
  const counts = Object.values(fieldsOf(attributes)).map((index) => countOf(index, accessors));
  return Math.max(1, ...counts);
}

function countOf(index: unknown, accessors: readonly Fields[]): number {
  const count = typeof index === 'number' ? accessors[index]?.count : undefined;
  return typeof count === 'number' && count > 0 ? count : 0;
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
