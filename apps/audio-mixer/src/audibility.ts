/** Who may be heard by whom is looked at again this often, in ticks: 200 ms. */
export const AUDIBILITY_TICKS = 10;

/** People walk on between two looks, so reach is taken a little longer than it is, in metres. */
const MARGIN_M = 5;

/** A person as far as being heard is concerned. */
export interface Audible {
  x: number;
  y: number;
  z: number;
  /** Whether the person is heard wherever it stands: on a stage, or by megaphone. */
  isHeardEverywhere: boolean;
  /** Whether this mixer mixes for the person. */
  isListener: boolean;
  /** Whether any listener of this mixer may hear the person. */
  isHeard: boolean;
}

/** A new listener hears from now on: whoever is within its reach is worth decoding, whatever was so before. */
export function markAudibleFor(listener: Audible, people: Iterable<Audible>, audibleDistanceM: number): void {
  const squaredMax = (audibleDistanceM + MARGIN_M) ** 2;
  for (const person of people) {
    if (person !== listener && isWithin(listener, person, squaredMax)) person.isHeard = true;
  }
}

function isWithin(listener: Audible, person: Audible, squaredMax: number): boolean {
  const dx = listener.x - person.x;
  const dy = listener.y - person.y;
  const dz = listener.z - person.z;
  return person.isHeardEverywhere || dx * dx + dy * dy + dz * dz < squaredMax;
}

/**
 * Finds out whose packets are worth decoding: everybody within reach of a listener other than themselves.
 *
 * @param listeners  lent by the caller; holds the listeners afterwards
 */
export function updateAudibility(
  people: ReadonlyMap<unknown, Audible>,
  audibleDistanceM: number,
  listeners: Audible[],
): void {
  const squaredMax = (audibleDistanceM + MARGIN_M) ** 2;
  listeners.length = 0;
  for (const person of people.values()) if (person.isListener) listeners.push(person);
  for (const person of people.values()) {
    person.isHeard = false;
    for (let index = 0; index < listeners.length && !person.isHeard; index++) {
      const listener = listeners[index];
      if (listener !== person) person.isHeard = isWithin(listener, person, squaredMax);
    }
  }
}
