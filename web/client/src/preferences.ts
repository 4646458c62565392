/** What a browser remembers of its person between visits. */
export interface Preferences {
  name: string;
  /** 0xRRGGBB; 0 means that the server's numbers choose. */
  colour: number;
  wantsMicrophone: boolean;
  microphoneId: string;
  /** Echo cancellation, noise suppression and automatic gain. */
  voiceProcessing: boolean;
  pushToTalk: boolean;
  /** 0 to 1. */
  volume: number;
  outputId: string;
  /** Nobody is heard, or hears, who stands too near. */
  personalSpace: boolean;
  mouseLock: boolean;
  firstPerson: boolean;
  quality: 'auto' | 'low' | 'high';
  /** Things of the world may come from other websites, which then learn of the visit. */
  loadsFromOthers: boolean;
}

const KEY = 'vicinity.preferences';

export const DEFAULT_PREFERENCES: Preferences = {
  name: '',
  colour: 0,
  wantsMicrophone: true,
  microphoneId: '',
  voiceProcessing: true,
  pushToTalk: false,
  volume: 1,
  outputId: '',
  personalSpace: false,
  mouseLock: false,
  firstPerson: false,
  quality: 'auto',
  loadsFromOthers: false,
};

/** Reads what was remembered. Whatever is missing, odd or from another version has its default. */
export function readPreferences(text: string | null): Preferences {
  let stored: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) stored = parsed as Record<string, unknown>;
  } catch {
    // Not ours, or cut off: start anew.
  }
  const preferences = { ...DEFAULT_PREFERENCES };
  for (const key of Object.keys(preferences) as Array<keyof Preferences>) {
    if (typeof stored[key] === typeof preferences[key]) Object.assign(preferences, { [key]: stored[key] });
  }
  preferences.name = preferences.name.slice(0, 48);
  preferences.colour = Number.isInteger(preferences.colour) ? preferences.colour & 0xffffff : 0;
  preferences.volume = Number.isFinite(preferences.volume) ? Math.min(1, Math.max(0, preferences.volume)) : 1;
  if (!['auto', 'low', 'high'].includes(preferences.quality)) preferences.quality = 'auto';
  return preferences;
}

/** Preferences that remember themselves. Where the browser stores nothing, they last as long as the page. */
export class PreferenceStore {
  private current: Preferences;

  constructor(private readonly storage: Pick<Storage, 'getItem' | 'setItem'> | undefined) {
    this.current = readPreferences(this.load());
  }

  get values(): Readonly<Preferences> {
    return this.current;
  }

  /** Changes some and remembers all. */
  update(changes: Partial<Preferences>): void {
    this.current = { ...this.current, ...changes };
    try {
      this.storage?.setItem(KEY, JSON.stringify(this.current));
    } catch {
      // Private windows and full disks store nothing; nobody needs to know.
    }
  }

  private load(): string | null {
    try {
      return this.storage?.getItem(KEY) ?? null;
    } catch {
      return null;
    }
  }
}
