/**
 * The network that an address counts for in limits: an IPv4 address itself (also one written as IPv6), of IPv6 the first
 * 64 bits, because every customer has at least as many addresses behind them as there are. What is no address stands for itself. Pure.
 */
export function networkOf(address: string): string {
  const plain = address.trim().toLowerCase().replace(/%.*$/, '');
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(plain)?.[1];
  if (mapped) return mapped;
  if (!/^[0-9a-f:]*:[0-9a-f:]*$/.test(plain)) return plain;
  const [head, tail] = plain.split('::', 2).map((part) => (part === '' ? [] : part.split(':')));
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...(tail ?? [])];
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
