import type { Codec } from '../coding/codec.js';

/** The payload of an EntityScriptGetStatus: how is the script that the server runs for an entity? */
export interface ScriptQuestion {
  /** The client's number, which the reply repeats. */
  readonly messageId: number;
  readonly entityId: string;
}

export const ScriptQuestion: Codec<ScriptQuestion> = {
  read: (reader) => ({ messageId: reader.u32('message id'), entityId: reader.uuid('entity') }),
  write(writer, { messageId, entityId }) {
    writer.u32(messageId, 'message id');
    writer.uuid(entityId, 'entity');
  },
};

/** The payload of an EntityScriptGetStatusReply. */
export interface ScriptStatus {
  readonly messageId: number;
  /** Without it there is no such script; with it the payload goes on with how it is. */
  readonly isKnown: boolean;
}

export const ScriptStatus: Codec<ScriptStatus> = {
  read: (reader) => ({ messageId: reader.u32('message id'), isKnown: reader.bool('is known') }),
  write(writer, { messageId, isKnown }) {
    writer.u32(messageId, 'message id');
    writer.bool(isKnown, 'is known');
  },
};
