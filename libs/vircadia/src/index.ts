export { VircadiaError, type VircadiaErrorCode } from './vircadia.errors.js';
export { openZip, type ZipEntry, type ZipLimits, type ZipSource } from './zip-archive.js';
export { writeZip, type ZipContent } from './zip-writer.js';
export { wrongZipName } from './zip-name.js';
export { BrokenModelsError, type ModelsOptions, parseModelsJson, renderModelsJson } from './models-json.js';
export {
  MODELS_REMARKS_MAX,
  type ModelsEntity,
  type ModelsFile,
  type ModelsRemark,
  type ModelsReport,
} from './models-file.js';
export { parseAssetMapping, renderAssetMapping, isAssetHash } from './asset-mapping.js';
export {
  type ArchivedAsset,
  type ContentArchive,
  type ContentParts,
  openContentArchive,
  writeContentArchive,
} from './content-archive.js';
