/** Injection tokens of the domain-server's own services. */
export const JOIN = Symbol('JOIN');
export const STATUS = Symbol('STATUS');
export const METRICS_COLLECTOR = Symbol('METRICS_COLLECTOR');
