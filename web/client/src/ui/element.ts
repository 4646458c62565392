/** What an element can be given: attributes, `class`, and listeners as `onclick` and the like. */
export interface ElementOptions {
  [name: string]: string | number | boolean | undefined | ((event: never) => void);
}

/**
 * Makes an element. Text children become text nodes, never markup, so other people's words cannot become elements.
 * Attributes that are false or undefined are left out.
 */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: ElementOptions = {},
  children: Array<Node | string> = [],
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

const ICONS = {
  microphone:
    'M12 15a3.5 3.5 0 0 0 3.5-3.5v-5a3.5 3.5 0 0 0-7 0v5A3.5 3.5 0 0 0 12 15zm6-3.5a6 6 0 0 1-12 0M12 17.5V21m-3.5 0h7',
  'microphone-off':
    'M15.500 10V6.500a3.500 3.500 0 0 0-6.800-1.200M8.500 9v2.500a3.500 3.500 0 0 0 5.500 2.900M18 11.500a6 6 0 0 1-.8 3M6 11.500a6 6 0 0 0 9.500 4.900M12 17.500V21m-3.500 0h7M4 4l16 16',
  chat: 'M5 5h14a1.500 1.500 0 0 1 1.500 1.500v8A1.500 1.500 0 0 1 19 16h-7l-4.500 4v-4H5a1.500 1.500 0 0 1-1.500-1.500v-8A1.500 1.500 0 0 1 5 5z',
  people:
    'M9 11a3.200 3.200 0 1 0 0-6.400A3.200 3.200 0 0 0 9 11zm-6 8.500c0-3.500 2.700-5.500 6-5.500s6 2 6 5.500M16 11a2.600 2.600 0 1 0-.6-5.100M17 14.200c2.400.5 4 2.300 4 5.300',
  settings:
    'M4 7h9m5 0h2M4 17h3m5 0h8M15.500 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zm-6 10a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  volume: 'M4 9.500v5h3.500L12 19V5L7.500 9.500zM15.500 9a4 4 0 0 1 0 6M18 6.500a7.500 7.500 0 0 1 0 11',
  megaphone: 'M4 10v4h3.500l8.500 4.500v-13L7.500 10zM19 9.500a4 4 0 0 1 0 5M8 14.200l1.200 5h2.300l-.7-3.600',
  leave: 'M10 4.500H6A1.500 1.500 0 0 0 4.500 6v12A1.500 1.500 0 0 0 6 19.500h4M15 8l4 4-4 4m4-4H9.500',
  help: 'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM9.700 9.500a2.400 2.400 0 1 1 3.300 2.200c-.7.300-1 .8-1 1.600v.4m0 2.600v.1',
  close: 'M6 6l12 12M18 6L6 18',
  eye: 'M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  send: 'M4 12l16-7.500-5 15.500-3.500-6z',
  build: 'M12 3l8 4.500v9L12 21l-8-4.500v-9zm0 9l8-4.500M12 12v9M12 12L4 7.500',
  move: 'M12 3v18M3 12h18M12 3L9.500 5.500M12 3l2.500 2.500M12 21l-2.500-2.500M12 21l2.500-2.500M3 12l2.500-2.500M3 12l2.500 2.500M21 12l-2.500-2.500M21 12l-2.500 2.500',
  turn: 'M19.500 12a7.500 7.500 0 1 1-2.200-5.300M17.500 3v4h-4',
  size: 'M4 20v-7m0 7h7M4 20L20 4m0 0h-7m7 0v7',
  magnet: 'M6 4v8a6 6 0 0 0 12 0V4h-4v8a2 2 0 0 1-4 0V4zM6 8h4m4 0h4',
  undo: 'M9 6L4.500 10.500 9 15M5 10.500h9a5 5 0 0 1 0 10h-3',
  redo: 'M15 6l4.500 4.500L15 15M19 10.500h-9a5 5 0 0 0 0 10h3',
  trash: 'M5 7h14M10 7V4.500h4V7M7 7l.8 12.500h8.400L17 7M10.200 10.500v6m3.600-6v6',
  copy: 'M9 9h10v10.500H9zM15 9V4.500H5V15h4',
  lock: 'M6.500 11h11v8.500h-11zM9 11V8a3 3 0 0 1 6 0v3',
  plus: 'M12 5v14M5 12h14',
  upload: 'M12 16V4.500M7.500 9L12 4.500 16.500 9M5 19.500h14',
  lamp: 'M9 17.500h6M10 20.500h4M9.500 17.500c0-2.500-3-3.500-3-7.500a5.500 5.500 0 0 1 11 0c0 4-3 5-3 7.500',
  zone: 'M4 8V4h4m8 0h4v4m0 8v4h-4m-8 0H4v-4M9 9h6v6H9z',
  spark: 'M12 4v4m0 8v4M4 12h4m8 0h4M6.500 6.500L9 9m6 6l2.500 2.500m0-11L15 9m-6 6l-2.500 2.500',
  brush:
    'M19.500 4.500L11 13m0 0c-2.500-.5-4.500 1-4.500 3.500 0 1.500-1 2.500-2.500 3 4.500 1 8.500-.5 8.500-4 0-1-.5-2-1.500-2.500z',
  broken:
    'M12 8.500v5m0 3v.1M10.500 4.500L3.500 17a2 2 0 0 0 1.700 3h13.600a2 2 0 0 0 1.700-3l-7-12.500a1.700 1.700 0 0 0-3 0z',
} as const;

/** Name of a line icon. */
export type IconName = keyof typeof ICONS;

/** A line icon that takes the colour of the text around it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** An icon's lines, as the `d` of an SVG path. */
export function iconPath(name: IconName): string {
  return ICONS[name];
}

/** A button with an icon. The label is for those who cannot see it, and a tip for those who can. */
export function iconButton(name: IconName, label: string, onClick: () => void): HTMLButtonElement {
  return el('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick: onClick }, [
    icon(name),
  ]);
}

/** A 24-bit colour as CSS writes it. */
export function cssColour(colour: number): string {
  return `#${(colour & 0xffffff).toString(16).padStart(6, '0')}`;
}
