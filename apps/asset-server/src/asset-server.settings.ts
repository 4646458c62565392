import { assetStoreSettings } from '@app/assets';
import type { CommonSettings } from '@app/runtime';
import { defineSettings, type SettingsOf } from '@app/settings';
import { ASSET_BYTES_MAX, ASSET_VERSIONS_MAX, UPLOADS_OPEN_MAX } from '@app/world';

const TEBIBYTE = 1_099_511_627_776;

/** What an operator can choose about files. */
export const assetServerSettings = defineSettings({
  httpPort: {
    type: 'integer',
    unit: 'port',
    min: 1,
    max: 65_535,
    default: 40_104,
    help: 'TCP port for files and uploads. `vicinity up` sets it to the port base + 4.',
  },
  listenAddress: {
    type: 'string',
    pattern: /^[0-9A-Fa-f.:]{2,45}$/,
    default: '127.0.0.1',
    help: 'Address of the network interface to listen on; 0.0.0.0 is all of them. `vicinity up --public` sets it.',
  },
  trustForwarded: {
    type: 'boolean',
    default: false,
    help: 'Believe X-Forwarded-For. Only behind a reverse proxy that sets it itself.',
  },
  uploads: {
    type: 'choice',
    choices: ['everyone', 'nobody'],
    default: 'everyone',
    help: 'Who may upload files: everybody who is in a world, or only the operator’s own tools. Gateways must be told the same.',
  },
  visitorPaths: {
    type: 'choice',
    choices: ['everyone', 'own', 'nobody'],
    default: 'own',
    help: 'Who may give files a path (atp:/…) and change where paths lead. own: visitors name what has no name yet, and change what they have named themselves during the same visit.',
  },
  typesAllowed: {
    type: 'list',
    pattern: /^(glb|gltf|png|jpg|webp|gif|ktx2|wav|mp3|ogg|json|txt|svg|html|js|bin)$/,
    default: ['glb', 'gltf', 'png', 'jpg', 'webp', 'gif', 'ktx2', 'wav', 'mp3', 'ogg', 'json', 'txt', 'svg', 'bin'],
    help: 'Types of files that are taken, by extension. svg, html and js are only given for saving, never shown by browsers as pages.',
  },
  fileBytesMax: {
    type: 'integer',
    unit: 'bytes',
    min: 1_024,
    max: ASSET_BYTES_MAX,
    default: 104_857_600,
    help: 'Size of the largest file that is taken.',
  },
  quotaBytesMax: {
    type: 'integer',
    unit: 'bytes',
    min: 1_048_576,
    max: 1_024 * TEBIBYTE,
    default: 10_737_418_240,
    help: 'Bytes of all files together, compressed forms included.',
  },
  quotaFilesMax: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: 1_000_000,
    default: 100_000,
    help: 'Files that are stored, optimised models included.',
  },
  uploadsPerHour: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: 1_000_000,
    default: 1_000,
    help: 'Files that one network address may upload within an hour. The operator’s tools are not counted.',
  },
  uploadBytesPerHour: {
    type: 'integer',
    unit: 'bytes',
    min: 1_024,
    max: TEBIBYTE,
    default: 4_294_967_296,
    help: 'The same in bytes.',
  },
  uploadsOpenMax: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: UPLOADS_OPEN_MAX,
    default: 128,
    help: 'Uploads that are under way at the same time.',
  },
  spoolBytesMax: {
    type: 'integer',
    unit: 'bytes',
    min: 1_048_576,
    max: TEBIBYTE,
    default: 4_294_967_296,
    help: 'Announced bytes of all uploads that are under way.',
  },
  uploadAgeMinutesMax: {
    type: 'integer',
    unit: 'min',
    min: 1,
    max: 10_080,
    default: 60,
    help: 'An interrupted upload that nobody goes on with is forgotten after so long.',
  },
  versionsMax: {
    type: 'integer',
    unit: 'count',
    min: 1,
    max: ASSET_VERSIONS_MAX,
    default: 20,
    help: 'Versions that are kept of what a path leads to, for going back.',
  },
  ...assetStoreSettings,
  assetWorkDir: {
    type: 'string',
    help: 'Folder for uploads that are under way and files that were read lately; of this process alone. Without it one in the system’s folder for temporary files.',
  },
  cacheBytesMax: {
    type: 'integer',
    unit: 'bytes',
    min: 1_048_576,
    max: TEBIBYTE,
    default: 1_073_741_824,
    help: 'Bytes of files that were read lately and are kept in assetWorkDir; the least recently used go first.',
  },
  compressBytesMax: {
    type: 'integer',
    unit: 'bytes',
    min: 0,
    max: ASSET_BYTES_MAX,
    default: 67_108_864,
    help: 'Larger files are not kept in a compressed form as well; 0 compresses nothing.',
  },
  optimiseBytesMax: {
    type: 'integer',
    unit: 'bytes',
    min: 0,
    max: ASSET_BYTES_MAX,
    default: 67_108_864,
    help: 'Larger models are not optimised; 0 optimises none.',
  },
  optimiseTimeoutMs: {
    type: 'integer',
    unit: 'ms',
    min: 100,
    max: 3_600_000,
    default: 60_000,
    help: 'A model that takes longer stays as it is.',
  },
  optimiseHeapMbMax: {
    type: 'integer',
    unit: 'MiB',
    min: 64,
    max: 16_384,
    default: 768,
    help: 'Memory of the process that optimises a model; one that needs more stays as it is.',
  },
});

/** An asset-server's settings. */
export type AssetServerSettings = SettingsOf<typeof assetServerSettings> & CommonSettings;
