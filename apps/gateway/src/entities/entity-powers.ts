import { vicinity } from '@app/wire';

/** Who may add, change and erase entities: all visitors, all of them but only for a while, or none. */
export type Builders = 'everyone' | 'temporary' | 'nobody';

const { ENTITY_POWER_BUILD, ENTITY_POWER_BUILD_TEMPORARY, ENTITY_POWER_LOCK, ENTITY_POWER_PRIVATE } =
  vicinity.v1.EntityPower;

const POWER_OF: Readonly<Record<Builders, number>> = {
  everyone: ENTITY_POWER_BUILD,
  temporary: ENTITY_POWER_BUILD_TEMPORARY,
  nobody: 0,
};

/** What visitors may do with entities, as bits of EntityPower; entity-servers hold them to it. */
export function powersOf(builders: Builders, mayLock: boolean, maySeePrivate: boolean): number {
  return POWER_OF[builders] | (mayLock ? ENTITY_POWER_LOCK : 0) | (maySeePrivate ? ENTITY_POWER_PRIVATE : 0);
}
