import { isJsonStart, isText, startsWith } from './sniff.js';

/** A kind of file that can be stored. */
export interface AssetType {
  /** How its name ends, and what the setting `typesAllowed` calls it. */
  extension: string;
  /** Its media type, as it is served. */
  mediaType: string;
  /** Whether the first bytes are those of such a file. */
  fits(head: Uint8Array): boolean;
  /** Text, or something else that gets smaller by a fifth or more. */
  isCompressible: boolean;
  /** Its first bytes say little about what it is. */
  isText: boolean;
  /** A browser would run what is in it: given only for saving, never for showing. */
  isActive: boolean;
}

const binary = (extension: string, mediaType: string, fits: AssetType['fits']): AssetType => ({
  extension,
  mediaType,
  fits,
  isCompressible: false,
  isText: false,
  isActive: false,
});
const text = (extension: string, mediaType: string, fits: AssetType['fits'], isActive = false): AssetType => ({
  extension,
  mediaType,
  fits,
  isCompressible: true,
  isText: true,
  isActive,
});

const isMp3 = (head: Uint8Array): boolean =>
  startsWith(head, 'ID3') || (head[0] === 0xff && (head[1] & 0xe0) === 0xe0 && (head[1] & 0x06) !== 0);

/** Every kind of file that there is, by extension. Which of them are taken is a setting. */
export const ASSET_TYPES: ReadonlyMap<string, AssetType> = new Map(
  [
    { ...binary('glb', 'model/gltf-binary', (head) => startsWith(head, 'glTF')), isCompressible: true },
    text('gltf', 'model/gltf+json', isJsonStart),
    binary('png', 'image/png', (head) => startsWith(head, '\x89PNG\r\n\x1a\n')),
    binary('jpg', 'image/jpeg', (head) => startsWith(head, '\xff\xd8\xff')),
    binary('webp', 'image/webp', (head) => startsWith(head, 'RIFF') && startsWith(head, 'WEBP', 8)),
    binary('gif', 'image/gif', (head) => startsWith(head, 'GIF87a') || startsWith(head, 'GIF89a')),
    binary('ktx2', 'image/ktx2', (head) => startsWith(head, '\xabKTX 20\xbb\r\n\x1a\n')),
    binary('wav', 'audio/wav', (head) => startsWith(head, 'RIFF') && startsWith(head, 'WAVE', 8)),
    binary('mp3', 'audio/mpeg', isMp3),
    binary('ogg', 'audio/ogg', (head) => startsWith(head, 'OggS')),
    binary('flac', 'audio/flac', (head) => startsWith(head, 'fLaC')),
    text('json', 'application/json', isJsonStart),
    text('txt', 'text/plain', isText),
    text('svg', 'image/svg+xml', isText, true),
    text('html', 'text/html', isText, true),
    text('js', 'text/javascript', isText, true),
    binary('bin', 'application/octet-stream', () => true),
  ].map((type) => [type.extension, type]),
);

/** Other endings and media types under which they come. */
const EXTENSION_ALIASES: Readonly<Record<string, string>> = {
  jpeg: 'jpg',
  vrm: 'glb',
  oga: 'ogg',
  opus: 'ogg',
  htm: 'html',
  mjs: 'js',
};
const MEDIA_TYPE_ALIASES: Readonly<Record<string, string>> = {
  'image/jpg': 'jpg',
  'audio/wave': 'wav',
  'audio/x-wav': 'wav',
  'audio/vnd.wave': 'wav',
  'audio/mp3': 'mp3',
  'audio/opus': 'ogg',
  'audio/x-flac': 'flac',
  'audio/x-vorbis+ogg': 'ogg',
  'application/ogg': 'ogg',
  'video/ogg': 'ogg',
  'application/javascript': 'js',
};

const BY_MEDIA_TYPE: ReadonlyMap<string, AssetType> = new Map([
  ...[...ASSET_TYPES.values()].map((type) => [type.mediaType, type] as const),
  ...Object.entries(MEDIA_TYPE_ALIASES).map(([alias, name]) => [alias, ASSET_TYPES.get(name) as AssetType] as const),
]);

/** What a file is by its first bytes, for those that nobody has said anything about; undefined for what could be anything. */
export function sniffedType(head: Uint8Array): AssetType | undefined {
  return [...ASSET_TYPES.values()].find((type) => !type.isText && type.extension !== 'bin' && type.fits(head));
}

/**
 * What somebody says a file is: its media type, or, where that says nothing (browsers know few formats of 3D), the end of
 * its name. Undefined for everything that is not stored here.
 */
export function announcedType(mediaType: string, name: string): AssetType | undefined {
  const said = mediaType.split(';', 1)[0].trim().toLowerCase();
  if (said !== '' && said !== 'application/octet-stream') return BY_MEDIA_TYPE.get(said);
  const ending = /\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1].toLowerCase() ?? '';
  const byName = ASSET_TYPES.get(Object.hasOwn(EXTENSION_ALIASES, ending) ? EXTENSION_ALIASES[ending] : ending);
  return byName ?? (said === '' ? undefined : ASSET_TYPES.get('bin'));
}
