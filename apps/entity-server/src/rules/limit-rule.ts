import type { EntityEdit } from '@app/entities';
import type { AddressRates } from './address-rates.js';
import { largestProperty } from './edit-growth.js';
import { type EditRefusal, type EditRule, POWER, type RuleContext } from './edit-rule.js';
import type { Population } from './population.js';

/** How much there may be. Bytes are those of properties. */
export interface LimitOptions {
  /** Entities in the world, and their bytes. */
  entitiesMax: number;
  worldBytesMax: number;
  /** Entities that one session has added, and their bytes. */
  sessionEntitiesMax: number;
  sessionBytesMax: number;
  /** Temporary entities in the world; holds for people who may only add such. */
  temporaryEntitiesMax: number;
}

/** Nobody fills a world, whatever it is with: entities, or bytes in them. */
export class LimitRule implements EditRule {
  constructor(
    private readonly options: LimitOptions,
    private readonly population: Pick<Population, 'count' | 'bytes' | 'temporaryCount' | 'ofSession'>,
    private readonly rates: Pick<AddressRates, 'allows'>,
  ) {}

  check(edit: EntityEdit, context: RuleContext): EntityEdit | EditRefusal {
    if (edit.kind === 'erase') return edit;
    const problem = (edit.kind === 'add' && this.tooMany(context)) || this.tooLarge(edit, context);
    if (!problem) return edit;
    const field = problem.isBytes ? largestProperty(edit.properties) : undefined;
    return { code: 'entity-limit', text: problem.text, ...(field === undefined ? {} : { field }) };
  }

  private tooMany({ author, view }: RuleContext): Problem | undefined {
    const { options, population } = this;
    const more = view.addedCount;
    if (population.count + more >= options.entitiesMax) return { text: 'The world is full.' };
    const { count } = population.ofSession(author.sessionId);
    if (count + more >= options.sessionEntitiesMax) return { text: 'You have added as much as one person may.' };
    const mayStay = (author.powers & POWER.ENTITY_POWER_BUILD) !== 0;
    if (!mayStay && population.temporaryCount + more >= options.temporaryEntitiesMax) {
      return { text: 'The world has as many temporary entities as it may have.' };
    }
    return this.rates.allows(author.origin, more + 1, 0) ? undefined : TOO_FAST;
  }

  /** What gets smaller is never too large. */
  private tooLarge(edit: EntityEdit, { author, view }: RuleContext): Problem | undefined {
    const growth = view.growthOf(edit);
    if (growth <= 0) return undefined;
    const { options, population } = this;
    const bytes = view.grownBytes + growth;
    if (population.bytes + bytes > options.worldBytesMax) return { text: 'The world is full.', isBytes: true };
    const owner = edit.kind === 'add' ? author.sessionId : (view.get(edit.id)?.createdBy.sessionId ?? 0);
    if (population.ofSession(owner).bytes + bytes > options.sessionBytesMax) {
      return { text: 'What one person has added may not take more bytes.', isBytes: true };
    }
    return this.rates.allows(author.origin, view.addedCount, bytes) ? undefined : { ...TOO_FAST, isBytes: true };
  }
}

interface Problem {
  readonly text: string;
  /** It is about bytes, so that a smaller property would help. */
  readonly isBytes?: boolean;
}

const TOO_FAST: Problem = { text: 'Too much was added from this network address within the last hour.' };
