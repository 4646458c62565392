/** Who is at which UDP address. Looked into for every packet. */
export class AddressBook<Peer> {
  private readonly byPort = new Map<number, Map<string, Peer>>();

  /** Ports of others under which there is anybody. */
  get size(): number {
    return this.byPort.size;
  }

  find(address: string, port: number): Peer | undefined {
    return this.byPort.get(port)?.get(address);
  }

  /** From now on it is this one's. */
  set(address: string, port: number, peer: Peer): void {
    const addresses = this.byPort.get(port);
    if (addresses) addresses.set(address, peer);
    else this.byPort.set(port, new Map([[address, peer]]));
  }

  /** Does nothing when it is somebody else's. */
  remove(address: string, port: number, peer: Peer): void {
    const addresses = this.byPort.get(port);
    if (addresses?.get(address) !== peer) return;
    addresses.delete(address);
    if (addresses.size === 0) this.byPort.delete(port);
  }
}
