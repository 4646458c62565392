import type { EntityValue } from '@app/world';

/** The default of a property; null when it has none. */
export function defaultOf(_type: string, _name: string): EntityValue {
  return null;
}
