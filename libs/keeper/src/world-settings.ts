import type { Broker } from '@app/broker';
import { canonicalJson } from '@app/entities';
import { type EntityValue, readJsonObject } from '@app/world';
import { KeeperError } from './keeper.errors.js';

/** What is kept with a world besides its things, by name. */
export type WorldSettings = Readonly<Record<string, EntityValue>>;

/** Bucket of JetStream's key-value store: a key for each world. */
const BUCKET = 'VW_WORLD_SETTINGS';
/** Bytes of all settings of one world. */
const BYTES_MAX = 262_144;
/** What a name ends with whose value is nobody else's business. */
const SECRET_PATTERN = /(secret|password|passphrase|token|credentials?|private|key)s?$/i;

/** Settings of a world; none when there are none, or what is there cannot be read. */
export async function readWorldSettings(broker: Broker, world: string): Promise<WorldSettings> {
  const entry = await (await broker.keyValue(BUCKET)).get(world);
  // What JSON can be, settings can be.
  return ((entry && readJsonObject(entry.value)) ?? {}) as WorldSettings;
}

/** Adds settings to those that a world has; the same names get the new values. Fails with `world-settings-too-large`. */
export async function addWorldSettings(broker: Broker, world: string, added: WorldSettings): Promise<void> {
  if (Object.keys(added).length === 0) return;
  const all = { ...(await readWorldSettings(broker, world)), ...added };
  await (await broker.keyValue(BUCKET)).put(world, encoded(all));
}

/** Checks that settings can be kept. Fails with `world-settings-too-large`. */
export function checkWorldSettings(settings: WorldSettings): void {
  encoded(settings);
}

/** Those that may leave the domain. */
export function withoutSecrets(settings: WorldSettings): WorldSettings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !SECRET_PATTERN.test(name)));
}

function encoded(settings: WorldSettings): Uint8Array {
  const bytes = Buffer.from(canonicalJson(settings));
  if (bytes.length <= BYTES_MAX) return bytes;
  throw new KeeperError('world-settings-too-large', `The settings of a world have at most ${BYTES_MAX} bytes.`);
}
