export { DownlinkBatch } from './downlink-batch.js';
export { RosterBook, type MixerPlane, type RosterOutcome, type Seat } from './roster-book.js';
