/**
 * Rendezvous hashing (highest random weight): each key gives every member a score, and belongs to the highest. Everybody
 * who knows the same members comes to the same answer without asking; a member that goes moves its own keys and no
 * others.
 */

const { imul } = Math;

/** 32 bits of an FNV-1a hash of a name's UTF-16 units, well mixed. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return mix(hash);
}

/** A bijection of 32-bit numbers in which each bit of the input changes about half of the output's. */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = imul(mixed, 0x21f0aaad);
  mixed ^= mixed >>> 15;
  mixed = imul(mixed, 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function hashKey(key: number | string): number {
  // Whole numbers are mixed as they are; hashing their digits would take longer and tell nothing more.
  return typeof key === 'number' && Number.isInteger(key) ? mix((key ^ 0x9e3779b9) | 0) : hashName(String(key));
}

function scoreOf(keyHash: number, member: string): number {
  // Two rounds, because member names differ in a digit or two and keys may count up.
  return mix((imul(keyHash, 0x9e3779b1) ^ mix(keyHash + hashName(member))) | 0);
}

/** All members, the one that `key` belongs to first; the others are who takes over, in order. */
export function rendezvousOrder(key: number | string, members: readonly string[]): string[] {
  const keyHash = hashKey(key);
  return members
    .map((member) => ({ member, score: scoreOf(keyHash, member) }))
    .sort((a, b) => b.score - a.score || compareNames(a.member, b.member))
    .map(({ member }) => member);
}

/** The member that `key` belongs to: the first of `rendezvousOrder`, without sorting. Undefined when there is none. */
export function rendezvousPick(key: number | string, members: readonly string[]): string | undefined {
  const keyHash = hashKey(key);
  let best: string | undefined;
  let bestScore = -1;
  for (const member of members) {
    const score = scoreOf(keyHash, member);
    if (score < bestScore) continue;
    // Equal scores are decided by name, so that the order of the list does not matter.
    if (score === bestScore && best !== undefined && compareNames(best, member) <= 0) continue;
    best = member;
    bestScore = score;
  }
  return best;
}

function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
