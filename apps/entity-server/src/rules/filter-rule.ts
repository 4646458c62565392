import type { EntityEdit } from '@app/entities';
import { type EntityProperties, type EntityValue, vectorOf, worldTransformOf } from '@app/world';
import type { EditFilter } from './edit-filter.js';
import type { EditRefusal, EditRule, RuleContext } from './edit-rule.js';
import type { ViewedEntity } from './edit-view.js';

const AXES = ['x', 'y', 'z'] as const;
/** Properties on which a place in the world depends. */
const PLACING = ['position', 'localPosition', 'parentID'];

/** The operator's filter: a fixed list of what is not allowed, without scripts. */
export class FilterRule implements EditRule {
  private readonly isEmpty: boolean;

  constructor(private readonly filter: EditFilter) {
    this.isEmpty = Object.keys(filter).length === 0;
  }

  check(edit: EntityEdit, { view }: RuleContext): EntityEdit | EditRefusal {
    if (this.isEmpty || edit.kind === 'erase') return edit;
    const entity = view.after(edit);
    const field =
      (entity && this.wrongType(entity)) ??
      this.wrongProperty(edit.properties, entity?.type ?? '') ??
      this.wrongPlace(edit, entity, view);
    return field === undefined
      ? edit
      : { code: 'entity-filtered', text: 'The operator of this world does not allow that.', field };
  }

  private wrongType({ type }: ViewedEntity): string | undefined {
    const { types, typesForbidden } = this.filter;
    const isAllowed = (types?.includes(type) ?? true) && !typesForbidden?.includes(type);
    return isAllowed ? undefined : 'type';
  }

  private wrongProperty(properties: EntityProperties, type: string): string | undefined {
    const { propertiesForbidden, dimensionsMMax, numbersMax, charactersMax } = this.filter;
    for (const [name, value] of Object.entries(properties)) {
      if (propertiesForbidden?.includes(name)) return name;
      if (isAbove(value, ownNumber(numbersMax, name), 'number')) return name;
      if (isAbove(value, ownNumber(charactersMax, name), 'string')) return name;
    }
    if (dimensionsMMax === undefined || properties.dimensions === undefined) return undefined;
    const dimensions = vectorOf(type, properties, 'dimensions');
    const axis = AXES.find((one) => dimensions[one] > dimensionsMMax);
    return axis && `dimensions.${axis}`;
  }

  private wrongPlace(
    edit: EntityEdit & { kind: 'add' | 'change' },
    entity: ViewedEntity | undefined,
    view: RuleContext['view'],
  ): string | undefined {
    const { positionMin, positionMax } = this.filter;
    if (!entity || (!positionMin && !positionMax)) return undefined;
    const isPlaced =
      edit.kind === 'add' || PLACING.some((name) => name in edit.properties || edit.removed.includes(name));
    if (!isPlaced) return undefined;
    const { position } = worldTransformOf(entity, (id) => view.get(id));
    const axis = AXES.find(
      (one) => position[one] < (positionMin?.[one] ?? -Infinity) || position[one] > (positionMax?.[one] ?? Infinity),
    );
    return axis && `position.${axis}`;
  }
}

function ownNumber(numbers: Readonly<Record<string, number>> | undefined, name: string): number | undefined {
  return numbers && Object.hasOwn(numbers, name) ? numbers[name] : undefined;
}

function isAbove(value: EntityValue, max: number | undefined, kind: 'number' | 'string'): boolean {
  if (max === undefined || typeof value !== kind) return false;
  return (kind === 'string' ? (value as string).length : (value as number)) > max;
}
