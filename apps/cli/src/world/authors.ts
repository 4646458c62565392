import type { EntityAuthor } from '@app/entities';
import { authorText } from '@app/keeper';
import { formatSessionId } from '@app/world';
import { isByAuthor } from './author-flags.js';
import { harmless } from './plain-text.js';

/** Others that are named when nobody is who was asked for. */
const OTHERS_TOLD_MAX = 10;

/** Who has edited a world in some time. */
export class Authors {
  private readonly found = new Map<string, EntityAuthor>();

  add({ sessionId, name }: EntityAuthor): void {
    this.found.set(`${sessionId} ${name}`, { sessionId, name });
  }

  /**
   * Why there is nothing by whom is wanted: nobody has done anything, or only others have, who are named; with their
   * sessions if one was asked for. Undefined when who is wanted is among them, or everybody is.
   */
  silenceText(wanted: Partial<EntityAuthor> | undefined): string | undefined {
    const authors = [...this.found.values()];
    if (authors.length === 0) return 'Nothing happened in that time.';
    if (wanted === undefined || authors.some((author) => isByAuthor(author, wanted))) return undefined;
    const called = wanted.name === undefined ? '' : ` named ${harmless(wanted.name)}`;
    const session = wanted.sessionId === undefined ? '' : ` of the session ${formatSessionId(wanted.sessionId)}`;
    const names = authors.map((author) => authorText(session === '' ? { ...author, sessionId: 0 } : author));
    const others = [...new Set(names)].sort();
    const told = others.slice(0, OTHERS_TOLD_MAX).join(', ');
    const rest = others.length > OTHERS_TOLD_MAX ? ` and ${others.length - OTHERS_TOLD_MAX} more` : '';
    return `Nobody${called}${session} has changed anything in that time; these have: ${told}${rest}.`;
  }
}
