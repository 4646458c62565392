import type { Domain } from './domain.js';

/** Counts are handed over once a second; a busy machine takes longer. In ms. */
const COUNTED_MS_MAX = 8_000;

/** How often something was dropped for this reason, as /metrics tells it, over all processes. */
export async function countDrops(domain: Domain, reason: string): Promise<number> {
  const text = await (await domain.get('/metrics')).text();
  return text
    .split('\n')
    .filter((line) => /^vicinity_\w*(drop|refused)\w*\{/.test(line) && line.includes(`"${reason}"`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** Waits until so much was dropped for this reason since the domain was started. */
export async function untilDrops(domain: Domain, reason: string, count: number): Promise<void> {
  for (const giveUpAt = Date.now() + COUNTED_MS_MAX; Date.now() < giveUpAt;) {
    if ((await countDrops(domain, reason)) >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`only ${await countDrops(domain, reason)} dropped for ${reason}`);
}
