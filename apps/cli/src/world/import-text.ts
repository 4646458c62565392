import type { ImportReport, WorldFile } from '@app/keeper';
import { bytesText, countText, harmless, listText, planText } from './plain-text.js';

/** Lines of one kind that are told; more are counted. */
const LINES_MAX = 20;
/** Broken entities that are told, because each wants to be mended. */
const BROKEN_MAX = 1_000;

const FORMATS: Readonly<Record<WorldFile['format'], string>> = {
  archive: 'an archive of a world',
  models: 'a models.json of Vircadia or Overte',
  content: 'a content archive of Vircadia or Overte',
};

/** What an import does, for people. */
export function importText(world: string, file: WorldFile, report: ImportReport, isNew: boolean): string {
  const entities = countText(file.entities.length, 'entity', 'entities');
  const place = isNew ? `the new world ${world}` : `the world ${world}`;
  const { assetCount, assetBytes, unchangedCount, changedPaths, missingAssets, unknownTypes } = report;
  const ignored = file.ignored;
  const mended = (file.report?.mended ?? []).map(({ id, text }) => `${id}: ${text}`);
  return [
    `This is ${FORMATS[file.format]} with ${entities}, for ${place}.`,
    planText(report.types),
    ...(unchangedCount > 0
      ? [`${countText(unchangedCount, 'entity', 'entities')} in the file, the same in the world.`]
      : []),
    ...(assetCount > 0
      ? [`${countText(assetCount, 'asset')}, ${bytesText(assetBytes)}; their bytes are what they should be.`]
      : []),
    ...section(
      'Of types that are not known here, kept as they are',
      unknownTypes.map(({ type, count }) => `${count} ${type}`),
    ),
    ...section('Paths that lead to another asset now', changedPaths),
    ...section('Assets that are missing', missingAssets),
    ...section('Mended', mended),
    ...section('Left out', ignored),
  ].join('\n');
}

/** What is broken in a file. */
export function brokenText(report: NonNullable<WorldFile['report']>): string {
  const lines = report.broken.map(({ index, id, text }) => `number ${index}, ${id || 'without an id'}: ${text}`);
  const head = `${report.brokenCount} of ${countText(report.foundCount, 'entity', 'entities')} cannot be taken:`;
  const rest = report.brokenCount - lines.length;
  return [head, listText(lines, BROKEN_MAX), ...(rest > 0 ? [`  and ${rest} more`] : [])].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${harmless(title)}:`, listText(lines, LINES_MAX)];
}
