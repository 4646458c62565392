/**
 * Every maximum of the server, in one place. A queue, map or buffer that is not bounded by a name of this file is a bug.
 *
 * Units are in the names. Relations between limits are checked at the end, so that a change that breaks one fails at
 * start.
 */

// --- Real-time ticks -------------------------------------------------------------------------------------------------

/** Sample rate of everything inside, in Hz. */
export const SAMPLE_RATE_HZ = 48_000;
/** Length of one mix tick, and of one Opus frame sent to a listener, in ms. */
export const MIX_TICK_MS = 20;
/** Samples per channel in one mix tick. */
export const BLOCK_FRAMES = (SAMPLE_RATE_HZ * MIX_TICK_MS) / 1_000;
/** A gateway sends what arrived from its clients once per uplink tick, in ms. */
export const UPLINK_TICK_MS = 10;
/** Avatar mixers send updates once per tick, in ms: 30 Hz, above the 20 Hz below which motion looks jerky. */
export const AVATAR_TICK_MS = 33;
/** An avatar mixer with nothing to say tells its gateways that it lives, in ms. */
export const AVATAR_SIGN_OF_LIFE_MS = 100;

/** Bytes after which a batch goes out as several messages: a quarter of what brokers take by default. */
export const BATCH_BYTES_MAX = 262_144;

// --- Sessions --------------------------------------------------------------------------------------------------------

/** Sessions of one world that a mixer keeps, whatever rosters say. */
export const SESSIONS_PER_WORLD_MAX = 4_096;
/** Sessions on one gateway; the setting may be lower. */
export const SESSIONS_PER_GATEWAY_MAX = 1_024;
/** Worlds of one domain that a process keeps state for. */
export const WORLDS_MAX = 64;
/** Gateways and mixers of one domain that a process keeps state for. */
export const MEMBERS_MAX = 256;
/** Sockets that have not said Hello yet, per gateway. */
export const SOCKETS_PENDING_MAX = 256;
/** A socket must say Hello within this time, in ms. */
export const HELLO_TIMEOUT_MS = 5_000;
/** A client of which nothing is heard for this long has vanished: others see it leave, in ms. */
export const CLIENT_SILENCE_MS_MAX = 3_500;
/** How long a vanished session can be resumed, in ms. */
export const RESUME_WINDOW_MS = 120_000;
/** Rosters are published at least this often, in ms. */
export const ROSTER_INTERVAL_MS = 1_000;
/** Sessions of a gateway that published no roster for this long are gone, in ms. Less than 5 s with the tick. */
export const ROSTER_SILENCE_MS_MAX = 3_000;
/** Traits are published completely at least this often, in ms. */
export const TRAITS_INTERVAL_MS = 5_000;
/** Traits in one TraitsTable. */
export const TRAITS_PER_TABLE_MAX = 256;

// --- Control plane ---------------------------------------------------------------------------------------------------

/** Every process tells that it lives this often, in ms. */
export const HEARTBEAT_INTERVAL_MS = 500;
/** Audio mixers that one supervisor runs. */
export const AUDIO_MIXERS_PER_MACHINE_MAX = 64;
/** A process of which nothing is heard for this long is taken for dead by those who have no faster sign, in ms. */
export const MEMBER_SILENCE_MS_MAX = 2_000;
/** A process that holds leases tells that it lives this often, in ms. */
export const LEASE_BEAT_INTERVAL_MS = 100;
/** A holder of leases of which nothing is heard for this long may be replaced, in ms; later where much is late. */
export const LEASE_SILENCE_MS_MAX = 500;
/** Leases of one domain that a process knows: a world has at most 16 shards. */
export const LEASES_MAX = 4_096;
/** Actors of one process. */
export const ACTORS_MAX = 16_384;
/** Messages that wait for one actor, or wait for its answer. */
export const ACTOR_MAILBOX_MAX = 1_024;
/** Messages that reached no actor and are kept for inspection, per process. */
export const DEAD_LETTERS_KEPT_MAX = 64;

// --- What clients may send -------------------------------------------------------------------------------------------

/** Bytes in one signalling frame. */
export const SIGNAL_BYTES_MAX = 32_768;
/** Bytes in one message on the reliable channel, from the client: the largest batch of edits. */
export const CLIENT_RELIABLE_BYTES_MAX = 262_144;
/** The same for everything but edits of entities and binary messages. */
export const CLIENT_RELIABLE_SMALL_BYTES_MAX = 16_384;
/** Bytes in one message on the real-time channel, from the client. */
export const CLIENT_REALTIME_BYTES_MAX = 512;
/** Bytes in one message on the real-time channel, to the client: one datagram on every path. */
export const SERVER_REALTIME_BYTES_MAX = 1_150;
/** Bytes in one message with updates of avatars whose details a gateway adds: it makes packets of its own of them. */
export const DETAIL_UPDATES_BYTES_MAX = 16_384;
/** Bytes in one message on the reliable channel, to the client. */
export const SERVER_RELIABLE_BYTES_MAX = 65_536;
/** The same for news about entities, one of which holds the largest entity, and for binary messages. */
export const SERVER_ENTITY_NEWS_BYTES_MAX = 147_456;
/** Bytes in one Opus packet (RFC 6716, section 3.4: 1,275 for one frame; we accept no more per packet). */
export const OPUS_PACKET_BYTES_MAX = 1_275;
/** An Opus packet of at most this many bytes carries no sound: its encoder rests (discontinuous transmission). */
export const OPUS_DTX_BYTES_MAX = 2;
/** Samples of the longest sound that an Opus packet can hold (RFC 6716, section 3.2.5, rule R5): 120 ms. */
export const OPUS_PACKET_FRAMES_MAX = (SAMPLE_RATE_HZ * 120) / 1_000;
/** Samples of the longest voice packet that a mixer takes: 60 ms. */
export const VOICE_PACKET_FRAMES_MAX = (SAMPLE_RATE_HZ * 60) / 1_000;
/** Samples per channel of one packet of samples, at 24 kHz: 10 ms. */
export const PCM_FRAMES = 240;
/** Rate of packets of samples, in Hz. */
export const PCM_RATE_HZ = 24_000;
/** Bytes of one packet of samples from a client. */
export const PCM_MONO_BYTES = 2 * PCM_FRAMES;
export const PCM_STEREO_BYTES = 4 * PCM_FRAMES;
/** Bytes of a mix as samples: both channels of a whole tick. */
export const PCM_MIX_BYTES = (4 * PCM_RATE_HZ * MIX_TICK_MS) / 1_000;
/** Sounds besides its voice that one session plays at the same time. */
export const INJECTORS_PER_SESSION_MAX = 8;
/** Such sounds of all sessions of one world that a mixer plays at the same time. */
export const INJECTORS_PER_WORLD_MAX = 64;
/** Characters in a display name. */
export const NAME_CHARACTERS_MAX = 48;
/** Characters in an avatar's model URL. */
export const MODEL_URL_CHARACTERS_MAX = 512;
/** Characters in a channel's name. */
export const CHANNEL_NAME_CHARACTERS_MAX = 128;
/** Channels that one session is subscribed to. */
export const CHANNELS_PER_SESSION_MAX = 64;
/** Characters in one chat message. */
export const TEXT_CHARACTERS_MAX = 2_000;
/** Bytes in one binary message, which may be a long text. */
export const BINARY_BYTES_MAX = 131_072;
/** Farthest that a message said to those who are near is heard, in metres: the whole world. */
export const NEAR_M_MAX = 16_000;
/** Posts of one session that wait for the one before, and their bytes. */
export const POSTS_WAITING_MAX = 64;
export const POSTS_WAITING_BYTES_MAX = 524_288;
/** Bytes of binary messages that a gateway passes on to the subscribers of one world per second, and at once. */
export const FANOUT_BYTES_PER_S = 16_777_216;
export const FANOUT_BURST_BYTES = 1_048_576;
/** The same that wait for their turn, per world; what is more is dropped, and posts are refused meanwhile. */
export const FANOUT_WAITING_BYTES_MAX = 67_108_864;
/** Of a client that has so many bytes waiting already, binary messages are dropped. */
export const BINARY_SLOW_BYTES = 524_288;
/** Old messages in one answer. */
export const HISTORY_COUNT_MAX = 100;
/** Bytes of all old messages in one answer; when they are long there are fewer of them. */
export const HISTORY_BYTES_MAX = 49_152;
/** Bytes of a packed pose. */
export const POSE_BYTES_MAX = 96;
/** Bytes of the part of a packed pose that every pose has: flags, position, orientation. */
export const POSE_BYTES_MIN = 16;
/** Metres from the world's origin within which a position must lie, on each axis. */
export const POSITION_M_MAX = 8_000;
/** Bytes of what there is of an avatar beyond its pose: 255 joints that turn and move, a face of 255 values, and the rest. */
export const AVATAR_DETAIL_BYTES_MAX = 8_192;
/** Bytes of one thing that belongs to an avatar: its skeleton, something it wears. */
export const AVATAR_EXTRA_BYTES_MAX = 32_767;
/** Things that belong to one avatar, and their bytes. */
export const AVATAR_EXTRAS_MAX = 256;
export const AVATAR_EXTRAS_BYTES_MAX = 131_072;
/** Bytes of all avatars' extras of other gateways that a gateway keeps for one world. */
export const AVATAR_EXTRAS_KEPT_BYTES_MAX = 33_554_432;

// --- Clients of Vircadia ---------------------------------------------------------------------------------------------

/** Clients of one gateway that are no sessions yet: the one that has waited longest goes for the next one. */
export const VIRCADIA_PENDING_MAX = 512;
/**
 * Bytes of the largest message that a client may send to the domain (D) and to each node, by the node's type; unfinished ones
 * are kept up to twice as many. Files (A) come in pieces and are not put together.
 */
export const VIRCADIA_MESSAGE_BYTES_MAX = {
  D: 16_384,
  M: 16_384,
  W: 131_072,
  o: 262_144,
  m: 163_840,
  A: 131_072,
  S: 16_384,
} as const;
/** The same for all clients that are no sessions yet, which have a link to the domain alone. */
export const VIRCADIA_PENDING_BYTES_MAX = 16_777_216;
/** Bytes of the files that one client is sending, and that all clients of one gateway are sending. */
export const VIRCADIA_UPLOAD_BYTES_MAX = 67_108_864;
export const VIRCADIA_UPLOADS_BYTES_MAX = 268_435_456;

// --- Sound zones -----------------------------------------------------------------------------------------------------

/** Volumes with rules for sound in one world. */
export const AUDIO_ZONES_MAX = 64;
/** Pairs of them with a rule of their own. */
export const AUDIO_ZONE_PAIRS_MAX = 256;
/** Characters in a zone's name. */
export const ZONE_NAME_CHARACTERS_MAX = 64;
/** Time in which a zone's reverb decays by 60 dB, in seconds. */
export const REVERB_DECAY_S_MIN = 0.1;
export const REVERB_DECAY_S_MAX = 20;
/** Level of a zone's reverb relative to the sound itself, in dB. */
export const REVERB_WET_DB_MIN = -60;
export const REVERB_WET_DB_MAX = 6;

// --- Wishes about what is heard --------------------------------------------------------------------------------------

/** Loudest that a person can be made for one listener, linear: +12 dB. */
export const PERSON_GAIN_MAX = 4;
/** How much softer or louder than it is everything may be wished, in dB. */
export const WISHED_DB_MIN = -60;
export const WISHED_DB_MAX = 12;
/** People named in one kind of wish of one session (gains, ignored, solo). */
export const HEARING_PEOPLE_MAX = 256;
/** Largest personal space, in metres. */
export const PERSONAL_SPACE_M_MAX = 10;
/** People named in the wishes of all sessions of one world on one gateway; further wishes are refused. */
export const HEARING_NAMED_PER_GATEWAY_MAX = 32_768;
/** The same for all sessions of one world in an audio mixer: what as many full gateways as a world can have may send. */
export const HEARING_NAMED_PER_WORLD_MAX = 131_072;
/** People whose rules an audio mixer changes in one tick, but for one session's; what is more waits for the next tick. */
export const HEARING_NAMED_PER_TICK_MAX = 2_048;
/** Wishes that changed are told to mixers at this distance, in ms. */
export const HEARING_CHANGE_INTERVAL_MS = 100;
/** All wishes are told to mixers at least this often, in ms. */
export const HEARING_INTERVAL_MS = 5_000;
/** Bytes of a named person in encoded wishes, at most: the frame of a gain, a number, a float. */
export const HEARING_NAMED_BYTES_MAX = 12;

// --- Sounds in a world -----------------------------------------------------------------------------------------------

/** Sounds of one world that audio mixers know; further ones are not heard. */
export const SOUNDS_PER_WORLD_MAX = 1_024;
/** Loudest that a sound is made, linear: +12 dB. */
export const SOUND_VOLUME_MAX = 4;
/** Sounds of one world that are mixed at the same time; the setting may be lower. */
export const SOUNDS_HEARD_MAX = 512;
/** Sounds that come from everywhere in one world at the same time. */
export const SOUNDS_AMBIENT_MAX = 16;
/** Bytes of one sound file. */
export const SOUND_BYTES_MAX = 67_108_864;
/** Length of one sound, in seconds. */
export const SOUND_SECONDS_MAX = 600;
/** Decoding one sound takes at most this long, in ms. */
export const SOUND_DECODE_MS_MAX = 30_000;
/** Fetching one sound takes at most this long, in ms. */
export const SOUND_FETCH_MS_MAX = 30_000;
/** Sound files that one audio mixer fetches at the same time. */
export const SOUND_LOADS_MAX = 4;
/** Sound files that one audio mixer knows of, loaded or not. */
export const SOUND_FILES_MAX = 4_096;

// --- Spatial audio ---------------------------------------------------------------------------------------------------

/** Sources that one listener hears one by one; the setting may be lower. */
export const NEAR_SOURCES_MAX = 64;
/** Far sounds (single sources and beds) that one listener hears; the most distant ones beyond that are left out. */
export const FAR_SIGNALS_MAX = 512;
/** Groups of sources that are summed once for everybody. */
export const BEDS_MAX = 1_024;
/** Sources that everybody hears in the middle of the head at the same time; those beyond that are heard as stages. */
export const MEGAPHONES_MAX = 16;
/** Listeners of one mixer who hear reverb at the same time. */
export const REVERBS_MAX = 256;

// --- Logs -------------------------------------------------------------------------------------------------------------

/** Submissions that wait for one writer of a log; further ones are refused. */
export const JOURNAL_SUBMISSIONS_MAX = 4_096;
/** Entries, and bytes of them, that were heard and wait to be applied; what is more is read from the log later. */
export const JOURNAL_HEARD_ENTRIES_MAX = 4_096;
export const JOURNAL_HEARD_BYTES_MAX = 16_777_216;

// --- Entities --------------------------------------------------------------------------------------------------------

/** Edits in one transaction. */
export const ENTITY_EDITS_MAX = 1_000;
/** Bytes of one encoded transaction. */
export const ENTITY_TRANSACTION_BYTES_MAX = 262_144;
/** Bytes of one message of a world's log: at least two of the largest transactions, and well below what brokers take. */
export const ENTITY_RECORD_BYTES_MAX = 524_288;
/** Bytes of one encoded entity. */
export const ENTITY_BYTES_MAX = 131_072;
/** Properties that one entity has. */
export const ENTITY_PROPERTIES_MAX = 256;
/** Characters in a property's name, and in a key of an object inside a property. */
export const ENTITY_NAME_CHARACTERS_MAX = 64;
/** Characters in the name of an entity's type. */
export const ENTITY_TYPE_CHARACTERS_MAX = 32;
/** Characters in any text of an entity: what it shows, its scripts, its voxels. */
export const ENTITY_TEXT_CHARACTERS_MAX = 65_536;
/** Characters in userData and privateUserData. */
export const ENTITY_USER_DATA_CHARACTERS_MAX = 65_536;
/** Characters in an address that an entity names. */
export const ENTITY_URL_CHARACTERS_MAX = 2_048;
/** Lists and objects inside each other in one property; a value that is neither has depth 1. */
export const ENTITY_VALUE_DEPTH_MAX = 16;
/** Values in all properties of one entity, lists and objects and what is in them counted one by one. */
export const ENTITY_VALUES_MAX = 32_768;
/** Metres from the world's (or the parent's) origin within which an entity's position must lie, on each axis. */
export const ENTITY_POSITION_M_MAX = 16_000;
/** Largest extent of an entity on one axis, in metres: from one end of a world to the other. */
export const ENTITY_DIMENSION_M_MAX = 32_768;
/** Fastest that an entity moves along one axis, in metres per second. */
export const ENTITY_SPEED_MPS_MAX = 1_000;
/** Fastest that an entity turns about one axis, in radians per second. */
export const ENTITY_SPIN_RADPS_MAX = 1_000;
/** Longest life of an entity that has one, in seconds: about 136 years. */
export const ENTITY_LIFETIME_S_MAX = 4_294_967_295;
/** Entities in one world. */
export const ENTITIES_PER_WORLD_MAX = 250_000;
/** Parents above an entity, itself counted. */
export const ENTITY_DEPTH_MAX = 64;
/** For how long a world remembers the ids of edits, so that a repetition is done once, in ms of its log's time. */
export const EDIT_REMEMBERED_MS_MIN = 60_000;
/** Results of edits that a world remembers with their ids, whatever their age. */
export const EDIT_RESULTS_REMEMBERED_MIN = 65_536;
/**
 * With so many, the world refuses edits (`world-busy`) until it may forget some, because one that it had forgotten too soon
 * could be done twice: 21,800 edits a second for a whole minute. About 200 MiB.
 */
export const EDIT_RESULTS_REMEMBERED_MAX = 1_310_720;
/** Transactions that wait in an entity-server for a world that is not open yet; further ones are refused. */
export const ENTITY_EDITS_WAITING_TO_OPEN_MAX = 256;
/** Characters of an edit's id. */
export const EDIT_ID_CHARACTERS_MAX = 64;
/** Characters of the name under which an author stands in the log; people's names are shorter. */
export const AUTHOR_CHARACTERS_MAX = 64;
/** Bytes of a snapshot, unzipped: several times what a world of ordinary entities takes. */
export const SNAPSHOT_BYTES_MAX = 2_147_483_648;
/** Shards of one world. */
export const ENTITY_SHARDS_MAX = 16;
/** Entity-servers tell viewers what is new once per tick, in ms: 30 Hz. */
export const ENTITY_TICK_MS = 33;
/** An entity-server with nothing to say tells gateways that have viewers there that it lives, in ms. */
export const ENTITY_SIGN_OF_LIFE_MS = 100;
/** Bytes of one message of news of several entities; a larger entity is told in a message of its own. */
export const ENTITY_NEWS_BYTES_MAX = 49_152;
/** Bodies of one world that move by simulation at the same time. */
export const ENTITY_BODIES_MAX = 4_096;
/** Things of one world that stand near such bodies, and that they can hit. */
export const ENTITY_OBSTACLES_MAX = 16_384;

// --- What viewers want to know ---------------------------------------------------------------------------------------

/** Distance around a viewer within which it can be told of entities, in metres. */
export const ENTITY_RADIUS_M_MIN = 1;
export const ENTITY_RADIUS_M_MAX = 16_000;
/** The same for a viewer that does not say. */
export const ENTITY_RADIUS_M_DEFAULT = 1_000;
/** Views of one viewer. */
export const ENTITY_VIEWS_MAX = 4;
/** Types that one viewer can choose. */
export const ENTITY_INTEREST_TYPES_MAX = 32;
/** Properties by which one viewer can choose. */
export const ENTITY_INTEREST_MATCHING_MAX = 8;
/** Bytes of one encoded interest: those of a full gateway fit into one message. */
export const ENTITY_INTEREST_BYTES_MAX = 800;
/** Interests that changed, and viewers that moved, are told at this distance, in ms. */
export const ENTITY_INTEREST_CHANGE_INTERVAL_MS = 100;
/** All interests are told this often, in ms. */
export const ENTITY_INTEREST_INTERVAL_MS = 1_000;
/** Bytes of news that wait for one viewer because its connection is slow; beyond, it is told everything anew later. */
export const ENTITY_NEWS_HELD_BYTES_MAX = 4_194_304;
/** The same for all viewers of one world on one gateway. */
export const ENTITY_NEWS_HELD_PER_WORLD_BYTES_MAX = 134_217_728;
/** Edits of one session that wait for the one before, and their bytes. */
export const ENTITY_EDITS_WAITING_MAX = 128;
export const ENTITY_EDITS_WAITING_BYTES_MAX = 1_048_576;
/** Bytes of edits of all sessions of one world on one gateway that wait or are under way. */
export const ENTITY_EDITS_WAITING_PER_WORLD_BYTES_MAX = 67_108_864;
/** Entities that one session holds at the same time. */
export const ENTITIES_HELD_MAX = 32;

// --- Files -----------------------------------------------------------------------------------------------------------

/** Bytes of one file; the setting may be lower. */
export const ASSET_BYTES_MAX = 1_073_741_824;
/** Characters of the name that a file has where it comes from. */
export const ASSET_NAME_CHARACTERS_MAX = 255;
/** Bytes (UTF-8) of a path under which a file can be found. */
export const ASSET_PATH_BYTES_MAX = 255;
/** Steps of such a path. */
export const ASSET_PATH_STEPS_MAX = 16;
/** Versions that are kept of what a path leads to; the setting may be lower. */
export const ASSET_VERSIONS_MAX = 100;
/** Paths of one domain; the setting may be lower. */
export const ASSET_PATHS_MAX = 1_000_000;
/** Bytes of what is known of all paths, which every asset-server has in memory. */
export const ASSET_PATHS_BYTES_MAX = 268_435_456;
/** Paths in one answer. */
export const ASSET_PATHS_TOLD_MAX = 10_000;
/** Uploads that are under way at one asset-server; the setting may be lower. */
export const UPLOADS_OPEN_MAX = 1_024;
/** Bytes of the words with which an upload or a path is announced. */
export const ASSET_REQUEST_BYTES_MAX = 4_096;
/** Addresses whose uploads are counted. */
export const UPLOAD_ADDRESSES_MAX = 4_096;
/** Files that wait to be compressed and optimised. */
export const ASSET_JOBS_WAITING_MAX = 1_024;
/** The same of those that one person has uploaded. */
export const ASSET_JOBS_PER_UPLOADER_MAX = 128;

// --- Archives of worlds ----------------------------------------------------------------------------------------------

/** Bytes of an archive as it is uploaded or read. */
export const ARCHIVE_BYTES_MAX = 1_073_741_824;
/** Files in an archive. */
export const ARCHIVE_ENTRIES_MAX = 20_000;
/** Bytes of all files of an archive, uncompressed. */
export const ARCHIVE_INFLATED_BYTES_MAX = 4_294_967_296;
/** Bytes of one file of an archive, uncompressed. */
export const ARCHIVE_ENTRY_BYTES_MAX = 1_073_741_824;
/** How many times larger a file of an archive may be than its compressed form; deflate's own limit is about 1,032. */
export const ARCHIVE_RATIO_MAX = 200;
/** Files smaller than this, uncompressed, may be compressed as well as they like, in bytes. */
export const ARCHIVE_RATIO_FREE_BYTES = 1_048_576;
/** Characters in a file's name in an archive. */
export const ARCHIVE_NAME_CHARACTERS_MAX = 512;
/** Bytes of a models.json, uncompressed: about 350 bytes for each of as many entities as a world holds, and some. */
export const MODELS_JSON_BYTES_MAX = 268_435_456;

// --- Checked relations -----------------------------------------------------------------------------------------------

const relations: ReadonlyArray<readonly [boolean, string]> = [
  [Number.isInteger(BLOCK_FRAMES), 'a mix tick is a whole number of samples'],
  [MIX_TICK_MS % UPLINK_TICK_MS === 0, 'uplink ticks fill a mix tick'],
  // A vanished client must be seen to leave within 5 s: silence, then at most one roster and one avatar tick.
  [CLIENT_SILENCE_MS_MAX + ROSTER_INTERVAL_MS + AVATAR_TICK_MS < 5_000, 'vanished clients leave within 5 s'],
  // Sessions must outlive the loss of two rosters in a row.
  [ROSTER_SILENCE_MS_MAX >= 2 * ROSTER_INTERVAL_MS + HEARTBEAT_INTERVAL_MS, 'two lost rosters lose nobody'],
  [MEMBER_SILENCE_MS_MAX >= 3 * HEARTBEAT_INTERVAL_MS, 'two lost heartbeats kill nobody'],
  [LEASE_SILENCE_MS_MAX >= 4 * LEASE_BEAT_INTERVAL_MS, 'three lost beats cost no lease'],
  // A text of the longest kind, in UTF-8 of up to 4 bytes per character, fits the channel it arrives on.
  [TEXT_CHARACTERS_MAX * 4 + 1_024 <= CLIENT_RELIABLE_SMALL_BYTES_MAX, 'the longest text fits'],
  [BINARY_BYTES_MAX + 1_024 <= SERVER_ENTITY_NEWS_BYTES_MAX, 'the longest binary message fits'],
  [BINARY_BYTES_MAX + 1_024 <= CLIENT_RELIABLE_BYTES_MAX, 'the longest binary message can be said'],
  [BINARY_BYTES_MAX <= POSTS_WAITING_BYTES_MAX, 'the longest binary message can wait for the one before'],
  // What is larger than a burst would never go, and hold up everything behind it.
  [SERVER_ENTITY_NEWS_BYTES_MAX <= FANOUT_BURST_BYTES, 'the longest binary message can be passed on'],
  [PCM_STEREO_BYTES <= OPUS_PACKET_BYTES_MAX, 'a packet of samples fits where one of Opus does'],
  [PCM_MIX_BYTES % PCM_STEREO_BYTES === 0, 'a mix is a whole number of packets of samples'],
  [INJECTORS_PER_SESSION_MAX <= INJECTORS_PER_WORLD_MAX, 'one session can play as many sounds as it may'],
  [AVATAR_EXTRA_BYTES_MAX <= AVATAR_EXTRAS_BYTES_MAX, 'the largest thing that belongs to an avatar fits'],
  [AVATAR_EXTRAS_BYTES_MAX <= AVATAR_EXTRAS_KEPT_BYTES_MAX, 'what belongs to one avatar can be kept'],
  [
    VIRCADIA_PENDING_MAX * 2 * VIRCADIA_MESSAGE_BYTES_MAX.D <= VIRCADIA_PENDING_BYTES_MAX,
    'what strangers leave unfinished is little',
  ],
  [BINARY_BYTES_MAX + 1_024 <= VIRCADIA_MESSAGE_BYTES_MAX.m, 'Vircadia clients can say the longest binary message'],
  [VIRCADIA_UPLOAD_BYTES_MAX <= VIRCADIA_UPLOADS_BYTES_MAX, 'one Vircadia client can send the largest file it may'],
  // Whom a Vircadia client ignores is one thing that belongs to its avatar.
  [1 + 4 * HEARING_PEOPLE_MAX <= AVATAR_EXTRA_BYTES_MAX, 'all who are ignored can be named'],
  // Three kinds of wishes with as many people as allowed fit the channel that they arrive on.
  [
    3 * HEARING_PEOPLE_MAX * HEARING_NAMED_BYTES_MAX + 1_024 <= CLIENT_RELIABLE_SMALL_BYTES_MAX,
    'the longest wishes fit',
  ],
  [
    HEARING_NAMED_PER_WORLD_MAX >=
      HEARING_NAMED_PER_GATEWAY_MAX * Math.floor(SESSIONS_PER_WORLD_MAX / SESSIONS_PER_GATEWAY_MAX),
    'a world of full gateways fits a mixer',
  ],
  [HISTORY_BYTES_MAX + 1_024 <= SERVER_RELIABLE_BYTES_MAX, 'the longest history fits'],
  [
    SESSIONS_PER_GATEWAY_MAX * (ENTITY_INTEREST_BYTES_MAX + 160) <= 4 * BATCH_BYTES_MAX,
    'the interests of a full gateway fit one message',
  ],
  [ENTITY_BYTES_MAX + 4_096 <= SERVER_ENTITY_NEWS_BYTES_MAX, 'the largest entity can be told'],
  [ENTITY_TRANSACTION_BYTES_MAX <= CLIENT_RELIABLE_BYTES_MAX, 'the largest transaction fits its channel'],
  [2 * ENTITY_TRANSACTION_BYTES_MAX <= ENTITY_RECORD_BYTES_MAX, 'a record holds the largest transaction'],
  [
    EDIT_RESULTS_REMEMBERED_MAX >= 20 * EDIT_REMEMBERED_MS_MIN,
    'a world can be edited 20,000 times a second without an end',
  ],
  [EDIT_RESULTS_REMEMBERED_MIN >= 16 * ENTITY_EDITS_MAX, 'the largest transactions are remembered for a while'],
  // The smallest value has four bytes, so what is not too large has not too many, whatever edits made it.
  [4 * ENTITY_VALUES_MAX >= ENTITY_BYTES_MAX, 'an entity of permitted size has a permitted number of values'],
  [ENTITY_BYTES_MAX + 1_024 <= ENTITY_TRANSACTION_BYTES_MAX, 'the largest entity can be added'],
];
for (const [holds, meaning] of relations) {
  if (!holds) throw new Error(`limits.ts contradicts itself: ${meaning}`);
}
