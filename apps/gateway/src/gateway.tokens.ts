/** Injection token of the GatewayActor. */
export const GATEWAY = Symbol('GATEWAY');
