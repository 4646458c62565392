import type { EntityAuthor } from '@app/entities';

/** Flags that say who has made an edit. */
export const authorFlags = {
  author: {
    type: 'string',
    charactersMax: 64,
    help: 'The name under which edits were made, exactly, with small and large letters as they are: a person’s, or `operator`, `physics`, `lifetime`.',
  },
  session: {
    type: 'string',
    pattern: /^[0-9a-fA-F]{1,8}$/,
    help: 'The session, in hexadecimal digits as `log` prints it: names can be taken by others.',
  },
} as const;

/** Whose edits are meant; undefined for everybody's. */
export function authorOfFlags({
  author,
  session,
}: {
  author?: string;
  session?: string;
}): Partial<EntityAuthor> | undefined {
  if (author === undefined && session === undefined) return undefined;
  return {
    ...(author === undefined ? {} : { name: author }),
    ...(session === undefined ? {} : { sessionId: Number.parseInt(session, 16) }),
  };
}

/** Whether an edit is by whom is meant. */
export function isByAuthor(author: EntityAuthor, wanted: Partial<EntityAuthor> | undefined): boolean {
  if (wanted?.name !== undefined && wanted.name !== author.name) return false;
  return wanted?.sessionId === undefined || wanted.sessionId === author.sessionId;
}
