import type { EntityEdit } from '@app/entities';
import { type EditRefusal, type EditRule, POWER, type RuleContext } from './edit-rule.js';
import type { Population } from './population.js';

/** How much there may be. */
export interface LimitOptions {
  /** Entities in the world. */
  entitiesMax: number;
  /** Entities that one session has added. */
  sessionEntitiesMax: number;
  /** Temporary entities in the world; holds for people who may only add such. */
  temporaryEntitiesMax: number;
}

/** Nobody fills a world. */
export class LimitRule implements EditRule {
  constructor(
    private readonly options: LimitOptions,
    private readonly population: Pick<Population, 'count' | 'temporaryCount' | 'ofSession'>,
  ) {}

  check(edit: EntityEdit, { author, view }: RuleContext): EntityEdit | EditRefusal {
    if (edit.kind !== 'add') return edit;
    const { options, population } = this;
    const more = view.addedCount;
    if (population.count + more >= options.entitiesMax) return limited('The world is full.');
    if (author.sessionId !== 0 && population.ofSession(author.sessionId) + more >= options.sessionEntitiesMax) {
      return limited('You have added as much as one person may.');
    }
    const mayStay = (author.powers & POWER.ENTITY_POWER_BUILD) !== 0;
    if (!mayStay && population.temporaryCount + more >= options.temporaryEntitiesMax) {
      return limited('The world has as many temporary entities as it may have.');
    }
    return edit;
  }
}

function limited(text: string): EditRefusal {
  return { code: 'entity-limit', text };
}
