import { Document, NodeIO } from '@gltf-transform/core';

/** How a model is made. */
export interface ModelOptions {
  /** Named quads, each with its own copy of the same vertices, of which every corner comes three times. */
  copies?: number;
  /** Named in `extensionsUsed`, without any meaning. */
  extension?: string;
  /** Changes what the model says about itself. */
  json?: (json: ModelJson) => void;
}

/** A part of what a model says about itself. */
export interface ModelJson {
  accessors: object[];
  animations?: object[];
  nodes?: object[];
  extensionsUsed?: string[];
}

/** A binary glTF with a lot in it that can be left out without a difference to be seen. */
export async function makeModel({ copies = 50, extension, json }: ModelOptions = {}): Promise<Uint8Array> {
  const document = new Document();
  const buffer = document.createBuffer();
  const scene = document.createScene('room');
  const corners = [
    [0, 0, 0],
    [1, 0, 0],
    [1, 1, 0],
    [0, 0, 0],
    [1, 1, 0],
    [0, 1, 0],
  ];
  const positions = new Float32Array(Array.from({ length: 20 }, () => corners.flat()).flat());
  for (let copy = 0; copy < copies; copy++) {
    const position = document.createAccessor().setType('VEC3').setArray(positions.slice()).setBuffer(buffer);
    const material = document.createMaterial('wood').setBaseColorFactor([0.5, 0.25, 0, 1]);
    const primitive = document.createPrimitive().setAttribute('POSITION', position).setMaterial(material);
    const mesh = document.createMesh('plank').addPrimitive(primitive);
    scene.addChild(document.createNode(`plank-${copy}`).setMesh(mesh).setExtras({ note: copy }));
  }
  scene.addChild(document.createNode('an empty place'));
  const glb = await new NodeIO().writeBinary(document);
  if (extension === undefined && !json) return glb;
  return withJson(glb, (model) => {
    if (extension !== undefined) model.extensionsUsed = [extension];
    json?.(model);
  });
}

/** What is in a binary glTF, as far as people can see or scripts can find it. */
export async function describeModel(glb: Uint8Array): Promise<object> {
  const root = (await new NodeIO().readBinary(glb)).getRoot();
  return {
    nodes: root.listNodes().map((node) => [node.getName(), node.getExtras(), node.getMesh() !== null]),
    triangles: root
      .listNodes()
      .flatMap((node) => node.getMesh()?.listPrimitives() ?? [])
      .map((primitive) => (primitive.getIndices() ?? primitive.getAttribute('POSITION'))?.getCount()),
  };
}

function withJson(glb: Uint8Array, change: (json: ModelJson) => void): Uint8Array {
  const view = Buffer.from(glb);
  const length = view.readUInt32LE(12);
  const json = JSON.parse(view.subarray(20, 20 + length).toString()) as ModelJson;
  change(json);
  let text = JSON.stringify(json);
  text = text.padEnd(Math.ceil(text.length / 4) * 4);
  const head = Buffer.from(view.subarray(0, 20));
  head.writeUInt32LE(view.length - length + text.length, 8);
  head.writeUInt32LE(text.length, 12);
  return Buffer.concat([head, Buffer.from(text), view.subarray(20 + length)]);
}
