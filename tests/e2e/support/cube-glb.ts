/** The six sides: which axis they stand on, and where on it. */
const SIDES = [0, 1, 2].flatMap((axis) => [-0.5, 0.5].map((at) => ({ axis, at })));
/** Around a side, along the two other axes. */
const CORNERS = [
  [-0.5, -0.5],
  [0.5, -0.5],
  [0.5, 0.5],
  [-0.5, 0.5],
];
/** What nothing in the file uses, as tools leave it behind: the file is larger than one piece of an upload. */
const BALLAST_BYTES = 2_097_152;

/** A binary glTF file of a magenta cube that shines by itself, one metre wide; about 2 MB. */
export function makeCubeGlb(): Buffer {
  const positions = SIDES.flatMap(({ axis, at }) =>
    CORNERS.flatMap(([across, along]) => {
      const point = [0, 0, 0];
      point[axis] = at;
      point[(axis + 1) % 3] = across;
      point[(axis + 2) % 3] = along;
      return point;
    }),
  );
  const indices = SIDES.flatMap(({ at }, side) => {
    const corners = [0, 1, 2, 0, 2, 3].map((corner) => 4 * side + corner);
    return at > 0 ? corners : corners.reverse();
  });
  const vertexBytes = Buffer.from(Float32Array.from(positions).buffer);
  const indexBytes = Buffer.from(Uint16Array.from(indices).buffer);
  const binary = Buffer.concat([vertexBytes, indexBytes, Buffer.alloc(BALLAST_BYTES, 0x5a)]);
  return pack(describeCube(vertexBytes.length, indexBytes.length, binary.length), binary);
}

function describeCube(vertexBytes: number, indexBytes: number, allBytes: number): object {
  const count = SIDES.length * CORNERS.length;
  return {
    asset: { version: '2.0', generator: 'a test' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0, name: 'cube' }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, material: 0 }] }],
    materials: [{ pbrMetallicRoughness: { baseColorFactor: [0, 0, 0, 1] }, emissiveFactor: [1, 0, 1] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count, type: 'VEC3', min: [-0.5, -0.5, -0.5], max: [0.5, 0.5, 0.5] },
      { bufferView: 1, componentType: 5123, count: indexBytes / 2, type: 'SCALAR' },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: vertexBytes, target: 34_962 },
      { buffer: 0, byteOffset: vertexBytes, byteLength: indexBytes, target: 34_963 },
    ],
    buffers: [{ byteLength: allBytes }],
  };
}

/** The container: a header of 12 bytes, then JSON and binary, each with its length and kind, filled up to fours. */
function pack(description: object, binary: Buffer): Buffer {
  const json = Buffer.from(JSON.stringify(description));
  const text = Buffer.concat([json, Buffer.alloc((4 - (json.length % 4)) % 4, ' ')]);
  const header = Buffer.alloc(12);
  header.write('glTF');
  header.writeUInt32LE(2, 4);
  header.writeUInt32LE(12 + 8 + text.length + 8 + binary.length, 8);
  return Buffer.concat([header, chunkHead(text, 'JSON'), text, chunkHead(binary, 'BIN\0'), binary]);
}

function chunkHead(content: Buffer, kind: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(content.length);
  head.write(kind, 4, 'latin1');
  return head;
}
