import { WorldClient } from '@vicinity/sdk';
import { App } from './app.js';
import { installDeveloperHook } from './developer-hook.js';
import { readLink } from './link-options.js';
import { PreferenceStore } from './preferences.js';
import { WorldScene } from './world/scene.js';

const link = readLink(window.location.search);
const preferences = new PreferenceStore(storageOf(window));
const canvas = document.querySelector<HTMLCanvasElement>('#scene')!;
const client = new WorldClient({ agent: 'vicinity-web/0.1.0' });
const scene = link.isDrawing ? makeScene() : undefined;
const app = new App(client, preferences, link, scene, canvas, document.querySelector<HTMLElement>('#interface')!);
installDeveloperHook(client, app, scene);
scene?.start();
app.start();

/** Without WebGL there is no picture, but voices and chat work all the same. */
function makeScene(): WorldScene | undefined {
  const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const motion = link.isStill ? 'still' : isCalm ? 'calm' : 'lively';
  // A picture that is compared must not depend on how fast the machine is.
  const quality = link.quality ?? (link.isStill ? 'low' : preferences.values.quality);
  try {
    return new WorldScene(canvas, quality, motion);
  } catch (error) {
    console.warn('This browser cannot draw the world (WebGL).', error);
    return undefined;
  }
}

/** Asking for storage that is forbidden throws. */
function storageOf(page: Window): Storage | undefined {
  try {
    return page.localStorage;
  } catch {
    return undefined;
  }
}
