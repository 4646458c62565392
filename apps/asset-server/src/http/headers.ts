import type { AssetType } from '@app/assets';

/**
 * Headers of every answer. Files come from strangers: whatever is in them runs nothing, and is what its type says. Pages of
 * any host may read them: they are public, and no cookie is ever looked at.
 */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'Location, ETag, Upload-Offset, Upload-Length, Content-Range, Accept-Ranges, Retry-After',
};

/** Answer to a browser that asks what a page of another host may do. */
export const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PATCH, PUT, DELETE',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, Upload-Offset, Range, If-Range, If-None-Match',
  'Access-Control-Max-Age': '7200',
};

/** Headers of a file's bytes: they never change, because their name is their hash. */
export function headersOfFile(type: AssetType): Record<string, string> {
  const isText = type.isCompressible && type.mediaType !== 'model/gltf-binary';
  return {
    'Content-Type': isText ? `${type.mediaType}; charset=utf-8` : type.mediaType,
    'Cache-Control': 'public, max-age=31536000, immutable',
    'Accept-Ranges': 'bytes',
    ...(type.isActive ? { 'Content-Disposition': `attachment; filename="file.${type.extension}"` } : {}),
    ...(type.isCompressible ? { Vary: 'Accept-Encoding' } : {}),
  };
}
