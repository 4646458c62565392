/** Injection tokens that `runRole` provides to every module of a role; the interface of the same name says what each is. */
export const BROKER = Symbol('BROKER');
export const CLOCK = Symbol('CLOCK');
export const RANDOM = Symbol('RANDOM');
export const LOGGER = Symbol('LOGGER');
export const METRICS = Symbol('METRICS');
/** The typed settings of this role: `SettingsOf<typeof itsSettings> & CommonSettings`. */
export const SETTINGS = Symbol('SETTINGS');
export const INSTANCE = Symbol('INSTANCE');
export const MEMBERS = Symbol('MEMBERS');
export const HEARTBEAT = Symbol('HEARTBEAT');
export const LIFECYCLE = Symbol('LIFECYCLE');
