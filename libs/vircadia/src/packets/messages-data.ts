import type { Codec } from '../coding/codec.js';

/** Something said on a channel (specification G). Goes to all who have subscribed, the sender too. */
export interface MessagesData {
  /** ASCII, because web clients count characters where bytes are meant. */
  readonly channel: string;
  readonly isText: boolean;
  /** UTF-8 if it is text; a view. */
  readonly data: Uint8Array;
  /** What the client says it is. */
  readonly senderId: string;
}

export const MessagesData: Codec<MessagesData> = {
  read: (reader) => ({
    channel: reader.str16('channel'),
    isText: reader.bool('is text'),
    data: reader.bytesOf(reader.u32('data'), 'data'),
    senderId: reader.uuid('sender'),
  }),
  write(writer, { channel, isText, data, senderId }) {
    writer.str16(channel, 'channel');
    writer.bool(isText, 'is text');
    writer.u32(data.length, 'data');
    writer.bytes(data, 'data');
    writer.uuid(senderId, 'sender');
  },
};
