/** What a controller learns about a message besides its content. */
export class BrokerContext {
  /**
   * @param world  the world's token; empty on the control plane
   * @param who    the last token: who it is from or for, as docs/subjects.md says
   * @param bytes  the payload as it came; belongs to the handler only until it returns
   */
  constructor(
    readonly subject: string,
    readonly world: string,
    readonly who: string,
    readonly bytes: Uint8Array,
  ) {}
}
