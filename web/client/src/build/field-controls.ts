import type { EntityValue, PropertyDefinition } from '@app/world';
import type { Quat, Vec3 } from '@vicinity/sdk';
import { el } from '../ui/element.js';
import { eulerOf, quatOfEuler } from './euler.js';
import { readJson, readNumber, type SheetRow } from './sheet-model.js';
import { tidy, tidyRotation } from './snapping.js';

/** Where somebody can change one value. */
export interface FieldControl {
  readonly element: HTMLElement;
  /** Shows a value, unless somebody is just writing here. */
  show(value: EntityValue): void;
  setDisabled(isDisabled: boolean): void;
}

/** What a control tells: another value, or what is wrong with what was typed. */
export interface FieldHandlers {
  onValue(value: EntityValue): void;
  onFault(text: string): void;
}

/** Texts with room for several lines. */
const LONG_TEXTS = new Set([
  'text',
  'userData',
  'privateUserData',
  'description',
  'script',
  'materialData',
  'textures',
]);

type ControlMaker = (definition: PropertyDefinition, label: string, handlers: FieldHandlers) => FieldControl;

const MAKERS: Partial<Record<PropertyDefinition['kind'], ControlMaker>> = {
  boolean: makeSwitch,
  number: makeNumber,
  integer: makeNumber,
  text: makeText,
  url: makeText,
  id: makeText,
  choice: makeChoice,
  colour: makeColour,
  vector: makeVector,
  rotation: makeRotation,
};

/** Makes the control for a row; JSON as text for whatever has no better one. */
export function makeControl({ definition, path }: SheetRow, label: string, handlers: FieldHandlers): FieldControl {
  const make = definition && MAKERS[definition.kind];
  return make ? make(definition, label, handlers) : makeJson(path, label, handlers);
}

function makeSwitch(_definition: PropertyDefinition, label: string, { onValue }: FieldHandlers): FieldControl {
  const input = el('input', {
    type: 'checkbox',
    role: 'switch',
    'aria-label': label,
    onchange: () => onValue(input.checked),
  });
  return {
    element: el('span', { class: 'switch' }, [input]),
    show: (value) => (input.checked = value === true),
    setDisabled: (isDisabled) => (input.disabled = isDisabled),
  };
}

function makeNumber(definition: PropertyDefinition, label: string, handlers: FieldHandlers): FieldControl {
  return numberInput(definition, label, (value) => handlers.onValue(value), handlers.onFault);
}

function makeText(
  { kind, name, charactersMax }: PropertyDefinition,
  label: string,
  handlers: FieldHandlers,
): FieldControl {
  const isLong = kind === 'text' && LONG_TEXTS.has(name);
  const options = { 'aria-label': label, spellcheck: 'false', maxlength: charactersMax ?? 65_536 };
  const onchange = (): void => handlers.onValue(kind === 'id' && input.value.trim() === '' ? null : input.value);
  const input = isLong
    ? el('textarea', { ...options, rows: 3, onchange })
    : el('input', { ...options, type: 'text', autocomplete: 'off', onchange });
  if (kind === 'id') input.placeholder = 'none';
  return {
    element: input,
    show: (value) => setUnlessFocused(input, typeof value === 'string' ? value : ''),
    setDisabled: (isDisabled) => (input.disabled = isDisabled),
  };
}

function makeChoice({ choices }: PropertyDefinition, label: string, { onValue }: FieldHandlers): FieldControl {
  const options = (choices ?? []).map((choice) => el('option', { value: choice }, [choice]));
  const select = el('select', { 'aria-label': label, onchange: () => onValue(select.value) }, options);
  return {
    element: select,
    show: (value) => {
      const text = typeof value === 'string' ? value : '';
      // What nobody here knows stays what it is, and can be seen.
      if (text && ![...select.options].some((option) => option.value === text)) {
        select.append(el('option', { value: text }, [text]));
      }
      select.value = text;
    },
    setDisabled: (isDisabled) => (select.disabled = isDisabled),
  };
}

function makeColour(_definition: PropertyDefinition, label: string, { onValue }: FieldHandlers): FieldControl {
  const input = el('input', {
    type: 'color',
    'aria-label': label,
    onchange: () => {
      const number = parseInt(input.value.slice(1), 16);
      onValue({ red: number >> 16, green: (number >> 8) & 0xff, blue: number & 0xff });
    },
  });
  const hint = el('span', { class: 'hint' });
  return {
    element: el('span', { class: 'colour-field' }, [input, hint]),
    show: (value) => {
      const { red, green, blue } = (value ?? {}) as Record<string, EntityValue>;
      const hex = [red, green, blue].map((part) =>
        Math.round(Number(part) || 0)
          .toString(16)
          .padStart(2, '0'),
      );
      input.value = `#${hex.join('')}`;
      hint.textContent = value === null ? 'as another property says' : '';
    },
    setDisabled: (isDisabled) => (input.disabled = isDisabled),
  };
}

function makeVector(definition: PropertyDefinition, label: string, handlers: FieldHandlers): FieldControl {
  return makeAxes(definition.axes ?? ['x', 'y', 'z'], definition, label, handlers, {
    read: (value) => (value ?? {}) as Record<string, number>,
    write: (parts) => parts,
  });
}

/** Angles in degrees: nobody can think in quaternions. */
function makeRotation(_definition: PropertyDefinition, label: string, handlers: FieldHandlers): FieldControl {
  const degrees = { min: -360, max: 360, kind: 'number' as const };
  return makeAxes(['x', 'y', 'z'], degrees, `${label} in degrees`, handlers, {
    read: (value) => {
      const { x, y, z, w } = (value ?? {}) as Partial<Quat>;
      return { ...eulerOf({ x: x ?? 0, y: y ?? 0, z: z ?? 0, w: w ?? 1 }) };
    },
    write: (parts) => ({ ...tidyRotation(quatOfEuler(parts as unknown as Vec3)) }),
  });
}

function makeAxes(
  axes: readonly string[],
  range: Pick<PropertyDefinition, 'min' | 'max' | 'kind'>,
  label: string,
  { onValue, onFault }: FieldHandlers,
  form: { read(value: EntityValue): Record<string, number>; write(parts: Record<string, number>): EntityValue },
): FieldControl {
  let parts: Record<string, number> = {};
  const inputs = axes.map((axis) => {
    const onNumber = (value: number): void => onValue(form.write({ ...parts, [axis]: value }));
    return { axis, control: numberInput(range, `${label}, ${axis}`, onNumber, onFault) };
  });
  return {
    element: el(
      'span',
      { class: 'axes' },
      inputs.map(({ axis, control }) =>
        el('span', { class: 'axis' }, [el('i', { 'aria-hidden': 'true' }, [axis]), control.element]),
      ),
    ),
    show: (value) => {
      parts = form.read(value);
      for (const { axis, control } of inputs) control.show(Number(parts[axis] ?? 0));
    },
    setDisabled: (isDisabled) => inputs.forEach(({ control }) => control.setDisabled(isDisabled)),
  };
}

function makeJson(path: string, label: string, { onValue, onFault }: FieldHandlers): FieldControl {
  const input = el('textarea', {
    'aria-label': `${label} as JSON`,
    class: 'json',
    rows: 2,
    spellcheck: 'false',
    onchange: () => {
      const read = readJson(input.value);
      if ('text' in read) onFault(read.text);
      else onValue(read.value);
    },
  });
  input.dataset.path = path;
  return {
    element: input,
    show: (value) => setUnlessFocused(input, JSON.stringify(value)),
    setDisabled: (isDisabled) => (input.disabled = isDisabled),
  };
}

function numberInput(
  range: Pick<PropertyDefinition, 'min' | 'max' | 'kind'>,
  label: string,
  onNumber: (value: number) => void,
  onFault: (text: string) => void,
): FieldControl {
  // A text input: number inputs turn their value when the wheel scrolls the sheet.
  const input = el('input', {
    type: 'text',
    inputmode: 'decimal',
    autocomplete: 'off',
    class: 'number',
    'aria-label': label,
    onchange: () => {
      const read = readNumber(input.value, range);
      if ('text' in read) onFault(read.text);
      else onNumber(read.value);
    },
    onkeydown: (event: KeyboardEvent) => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      const current = readNumber(input.value, { kind: 'number' });
      if (!direction || 'text' in current) return;
      event.preventDefault();
      const step = range.kind === 'integer' ? 1 : event.shiftKey ? 1 : 0.1;
      input.value = String(tidy(current.value + direction * step));
      input.dispatchEvent(new Event('change'));
    },
  });
  return {
    element: input,
    show: (value) => setUnlessFocused(input, typeof value === 'number' ? String(tidy(value)) : ''),
    setDisabled: (isDisabled) => (input.disabled = isDisabled),
  };
}

function setUnlessFocused(input: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  // Under the hand of somebody who writes, nothing changes.
  if (document.activeElement === input && input.value !== text) return;
  if (input.value !== text) input.value = text;
}
