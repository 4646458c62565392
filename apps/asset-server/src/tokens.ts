/** Injection token of this process's AssetServer. */
export const ASSET_SERVER = Symbol('ASSET_SERVER');
