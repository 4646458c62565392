import type { SettingsOf, SettingsSchema } from '@app/settings';
import type { Progress } from './progress-bar.js';
import type { WorldSession } from './world-session.js';

/** One call of a command. */
export interface WorldCall<Flags> {
  /** Words that are no flags; as many as the command wants. */
  readonly operands: readonly string[];
  readonly flags: Flags;
  /** The flags that say which domain, as they were given. */
  readonly domainWords: readonly string[];
  readonly session: WorldSession;
  readonly progress: Progress;
  /** Writes one text to the standard output. */
  readonly print: (text: string) => void;
}

/** A command `vicinity world <name>`. */
export interface WorldCommand<Schema extends SettingsSchema = SettingsSchema> {
  /** What stands behind its name, for example `NAME FILE [--dry-run]`. */
  readonly usage: string;
  /** One sentence. */
  readonly help: string;
  /** How many operands it wants at least, and at most. */
  readonly operandsMin: number;
  readonly operandsMax: number;
  readonly flags: Schema;
  /** Resolves with the exit code. */
  run(call: WorldCall<SettingsOf<Schema>>): Promise<number>;
}

/** Declares a command. Returns its argument, with the types of its flags known to `run`. */
export function defineCommand<const Schema extends SettingsSchema>(command: WorldCommand<Schema>): WorldCommand {
  return command as unknown as WorldCommand;
}
