export { VircadiaError, type VircadiaErrorCode } from './vircadia.errors.js';
export { openZip, type ZipEntry, type ZipLimits, type ZipSource } from './zip-archive.js';
export { writeZip, type ZipContent } from './zip-writer.js';
export { wrongZipName } from './zip-name.js';
