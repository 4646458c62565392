import { init } from '@dimforge/rapier3d-compat';

let loading: Promise<void> | undefined;

/** Resolves when bodies can be simulated: about 100 ms after the first call, at once later. Worlds without bodies never ask. */
export function loadPhysicsEngine(): Promise<void> {
  loading ??= init();
  return loading;
}
