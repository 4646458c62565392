import { ARCHIVE_NAME_CHARACTERS_MAX, isWellFormed } from '@app/world';

/** C0 controls, DEL and C1 controls. */
const CONTROL_PATTERN = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * What is wrong with the name of a file in an archive, as the end of a sentence; undefined when nothing is.
 *
 * A good name is a relative path with forward slashes that stays inside: no `..`, no `.`, no empty part, no drive, no
 * backslash, no control characters. So whoever writes the file to a disk cannot be led astray.
 */
export function wrongZipName(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > ARCHIVE_NAME_CHARACTERS_MAX) return `has more than ${ARCHIVE_NAME_CHARACTERS_MAX} characters`;
  if (!isWellFormed(name) || CONTROL_PATTERN.test(name)) return 'has characters that no name can have';
  if (name.startsWith('/')) return 'is absolute';
  if (name.includes('\\')) return 'has a backslash';
  if (/^[A-Za-z]:/.test(name)) return 'names a drive';
  const parts = name.split('/');
  if (parts.includes('..')) return 'leads out of the archive';
  if (parts.includes('.') || parts.includes('')) return 'has an empty part';
  return undefined;
}
