interface SettingBase {
  /** One or two sentences: what it does, and what goes wrong otherwise. */
  help: string;
  /** Further names of the environment variable, for example `NATS_URL`; the one with the prefix wins. */
  variables?: readonly string[];
  /** Never shown in logs or status pages. */
  isSecret?: boolean;
}

/** A whole number or a number within [min, max]. Without a default it may be absent. */
export interface NumberSetting extends SettingBase {
  type: 'integer' | 'number';
  /** For example `ms`, `dB`, `port`, `count`. */
  unit: string;
  min: number;
  max: number;
  default?: number;
}

/** On or off. On the command line `--name` and `--no-name`. */
export interface BooleanSetting extends SettingBase {
  type: 'boolean';
  default: boolean;
}

/** Text. Without a default it may be absent. */
export interface StringSetting extends SettingBase {
  type: 'string';
  /** What it has to look like, from start to end. */
  pattern?: RegExp;
  /** What matches the pattern, in words that follow "must be"; for people, instead of the pattern. */
  form?: string;
  /** Default 1,024. */
  charactersMax?: number;
  default?: string;
}

/** One of a few words. */
export interface ChoiceSetting extends SettingBase {
  type: 'choice';
  choices: readonly string[];
  default: string;
}

/** Several words; with commas between them on the command line and in variables, a list in a file. */
export interface ListSetting extends SettingBase {
  type: 'list';
  /** What each item has to look like. */
  pattern?: RegExp;
  /** Default 64. */
  itemsMax?: number;
  default: readonly string[];
}

/** What a decoder of a structure makes of it, or the end of the sentence that starts with where it was given. */
export type ReadStructure<T> = { value: T } | { problem: string };

/**
 * A structure. On the command line and in variables JSON text, or `@` and the path of a file with it; in a settings file as it
 * is.
 */
export interface StructureSetting<T = unknown> extends SettingBase {
  type: 'structure';
  /** Makes the value of parsed JSON and checks every part of it; the problem names the part. Pure. */
  read: (json: unknown) => ReadStructure<T>;
  /** As in a settings file. */
  default: unknown;
}

/** One declared setting: flag, variable, file entry, check and documentation all come from it. */
export type Setting = NumberSetting | BooleanSetting | StringSetting | ChoiceSetting | ListSetting | StructureSetting;

/** Settings by name; names are lowerCamelCase with the unit last. */
export type SettingsSchema = Readonly<Record<string, Setting>>;

type ValueOf<S extends Setting> = S extends { type: 'integer' | 'number' }
  ? S extends { default: number }
    ? number
    : number | undefined
  : S extends { type: 'boolean' }
    ? boolean
    : S extends { type: 'choice'; choices: readonly (infer C)[] }
      ? C
      : S extends { type: 'structure'; read: (json: unknown) => ReadStructure<infer V> }
        ? V
        : S extends { type: 'list' }
          ? readonly string[]
          : S extends { default: string }
            ? string
            : string | undefined;

/** The values that a schema yields, for example `SettingsOf<typeof audioMixerSettings>`. */
export type SettingsOf<T extends SettingsSchema> = { readonly [K in keyof T]: ValueOf<T[K]> };
