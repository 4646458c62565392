import type { Texture } from 'three';
import type { Address, AddressRules } from './address-policy.js';
import { resolveAddress } from './address-policy.js';
import { LoadQueue } from './load-queue.js';
import { disposeModel, loadModel, type ModelFile } from './model-file.js';
import { type Loan, SharedCache } from './shared-cache.js';
import { disposeTexture, loadTexture, sizeOfTexture } from './texture-loader.js';
import {
  LOADING_MAX,
  LOADS_WAITING_MAX,
  MODELS_BYTES_MAX,
  MODELS_MAX,
  TEXTURES_BYTES_MAX,
  TEXTURES_MAX,
} from './visual-limits.js';

/** Files that entities show: by which rules they may be had, each once, and no more than there is room for. */
export class EntityResources {
  private readonly queue = new LoadQueue(LOADING_MAX, LOADS_WAITING_MAX);
  private readonly textures = new SharedCache<Texture>(
    {
      make: (url) => this.queue.add(() => loadTexture(url, this.rules().allowsOthers)),
      sizeOf: sizeOfTexture,
      dispose: disposeTexture,
    },
    TEXTURES_BYTES_MAX,
    TEXTURES_MAX,
  );
  private readonly models = new SharedCache<ModelFile>(
    {
      make: (url) =>
        this.queue.add(() => loadModel(url, (address) => this.resolve(address), this.rules().allowsOthers)),
      sizeOf: ({ graphicsBytes }) => graphicsBytes,
      dispose: disposeModel,
    },
    MODELS_BYTES_MAX,
    MODELS_MAX,
  );

  /** @param rules  asked each time, because people change their minds */
  constructor(private readonly rules: () => AddressRules) {}

  /** Files that have been asked for and are not there yet. */
  get pendingCount(): number {
    return this.queue.count;
  }

  resolve(address: string): Address {
    return resolveAddress(address, this.rules());
  }

  borrowTexture(url: string): Loan<Texture> {
    return this.textures.borrow(url);
  }

  borrowModel(url: string): Loan<ModelFile> {
    return this.models.borrow(url);
  }
}
