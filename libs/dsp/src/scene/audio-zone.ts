/** A volume with rules for sound. Where several overlap, the smallest one counts. */
export interface AudioZone {
  /** Unique name, 1 to ZONE_NAME_CHARACTERS_MAX characters. */
  name: string;
  /** Centre in metres. */
  x: number;
  y: number;
  z: number;
  /** Full extent along each axis, in metres, before `yawRad`. Positive. */
  sizeX: number;
  sizeY: number;
  sizeZ: number;
  /** Turn around the vertical axis, in radians. */
  yawRad: number;
  /** Reverb of those who listen inside; absent for none. */
  reverb?: ZoneReverb;
  /** Those who speak inside are heard in the whole world. */
  isStage?: boolean;
}

/** How a zone reverberates. */
export interface ZoneReverb {
  /** Time in which the sound decays by 60 dB, in seconds, in [REVERB_DECAY_S_MIN, REVERB_DECAY_S_MAX]. */
  decayS: number;
  /** Level of the reverb relative to the sound itself, in dB, in [REVERB_WET_DB_MIN, REVERB_WET_DB_MAX]. */
  wetDb: number;
}

/** How sound gets from one zone to another. Absent pairs follow the default law. */
export interface ZonePair {
  /** Zone of the source, or `*` for everywhere outside all zones. */
  from: string;
  /** Zone of the listener, or `*`. */
  to: string;
  /** Loss per doubling of the distance, see DistanceAttenuation; 1 lets nothing through. In [0, 1]. */
  attenuation: number;
}
