/** A UUID (RFC 9562) as text: 36 characters, lower case, without braces. Unique in its world. */
export type EntityId = string;

/** A value of a property: what JSON can hold, with finite numbers and well-formed text only. */
export type EntityValue =
  null | boolean | number | string | readonly EntityValue[] | { readonly [key: string]: EntityValue };

/** Properties by name, with the names that Vircadia's users know. What is absent has its default. */
export type EntityProperties = Readonly<Record<string, EntityValue>>;

const ENTITY_ID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether `text` is an entity's id in its one canonical form. */
export function isEntityId(text: string): text is EntityId {
  return ENTITY_ID_PATTERN.test(text);
}
