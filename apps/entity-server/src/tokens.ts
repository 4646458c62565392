/** Injection token of this process's EntityServerActor. */
export const ENTITY_SERVER = Symbol('ENTITY_SERVER');
