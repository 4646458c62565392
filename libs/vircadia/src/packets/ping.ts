import type { Codec } from '../coding/codec.js';

/** By which of a node's addresses a ping goes (specification D.10). */
export const PingType = { Agnostic: 0, Local: 1, Public: 2, Symmetric: 3 } as const;

export interface Ping {
  /** One of PingType. */
  readonly type: number;
  readonly timeUs: number;
  /** Grows when a client connects again to the same node; constant for servers. */
  readonly connectionId: number;
}

export const Ping: Codec<Ping> = {
  read: (reader) => ({
    type: reader.u8('ping type'),
    timeUs: reader.u64('time'),
    connectionId: reader.i64('connection id'),
  }),
  write(writer, { type, timeUs, connectionId }) {
    writer.u8(type, 'ping type');
    writer.u64(timeUs, 'time');
    writer.u64(connectionId, 'connection id');
  },
};

export interface PingReply {
  /** The type of the ping. */
  readonly type: number;
  /** The time that the ping said. */
  readonly pingUs: number;
  readonly replyUs: number;
}

/** As native clients and servers send it. */
export const PingReply: Codec<PingReply> = {
  read: (reader) => ({
    type: reader.u8('ping type'),
    pingUs: reader.u64('ping time'),
    replyUs: reader.u64('reply time'),
  }),
  write(writer, { type, pingUs, replyUs }) {
    writer.u8(type, 'ping type');
    writer.u64(pingUs, 'ping time');
    writer.u64(replyUs, 'reply time');
  },
};

/** As the web SDK sends it: both times big-endian (trap 15). */
export const WebPingReply: Codec<PingReply> = {
  read: (reader) => ({
    type: reader.u8('ping type'),
    pingUs: reader.u64BE('ping time'),
    replyUs: reader.u64BE('reply time'),
  }),
  write(writer, { type, pingUs, replyUs }) {
    writer.u8(type, 'ping type');
    writer.u64BE(pingUs, 'ping time');
    writer.u64BE(replyUs, 'reply time');
  },
};
