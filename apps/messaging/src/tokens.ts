/** Injection token of this process's MessagingActor. */
export const MESSAGING = Symbol('MESSAGING');
