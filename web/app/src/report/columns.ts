// Which of a table's columns have room, and what their cells say.

import type { Cell, ReportMetadata, Row } from '@/api/types';
import { changeOf, formatChange, formatMetric, formatPercent, numeric } from '@/format';
import { metricName, t } from '@/i18n';
import { placeOf, type Earlier, type Table, type TableRow } from './load';

const LABEL_PIXELS = 250;
const LEAST_PIXELS = 92;
const LETTER_PIXELS = 7.2;
const PADDING_PIXELS = 30;
const CHANGE_PIXELS = 52;
/** Longer headings stand in several lines. */
export const LONG_HEADING = 20;

const pixelsOf = (heading: string): number => Math.max(LEAST_PIXELS, PADDING_PIXELS + LETTER_PIXELS * Math.min(heading.length, LONG_HEADING));

/** As many columns as there is room for; the one that sorts is always among them. `width` in pixels. */
export function columnsWithRoom(table: Pick<Table, 'columns' | 'names'>, width: number, sort: string, hasChanges: boolean): string[] {
  let left = width - LABEL_PIXELS - CHANGE_PIXELS;
  const count = table.columns.findIndex((name) => {
    left -= pixelsOf(metricName(table.names[name] ?? name)) + (hasChanges ? CHANGE_PIXELS : 0);
    return left < 0;
  });
  if (count < 0) return table.columns;
  const first = table.columns.slice(0, Math.max(1, count));
  return table.columns.includes(sort) && !first.includes(sort) ? [...first.slice(0, -1), sort] : first;
}

/** Revenue stands in many reports that do not tell its type. */
const typeOf = (report: ReportMetadata | undefined, column: string): string | undefined => report?.metricTypes?.[column] ?? (/^revenue/.test(column) ? 'money' : undefined);

export const cellText = (value: Cell, report: ReportMetadata | undefined, column: string, currency: string): string => formatMetric(value, typeOf(report, column), currency);

/** A row's part of the whole, where it is one. */
export function partText(row: TableRow, total: Row, report: ReportMetadata | undefined, column: string): string {
  const [value, whole] = [numeric(row.cells[column]), numeric(total[column])];
  const isSum = ['number', 'money'].includes(typeOf(report, column) ?? 'number');
  return row.rival !== undefined || value === undefined || !whole || !isSum || value > whole ? '' : formatPercent(value / whole);
}

/** How a row's value differs from that of the period before. */
export function changeText(row: TableRow, column: string, before: Earlier | undefined): { text: string; tone: string } | undefined {
  if (!before?.size || row.rival !== undefined) return undefined;
  const found = before.get(placeOf(row.path));
  const now = numeric(row.cells[column]);
  if (!found) return now ? { text: t('compare.new'), tone: 'good' } : undefined;
  const changed = changeOf(now, numeric(found.cells[column]));
  return changed === undefined ? undefined : { text: formatChange(changed), tone: changed > 0 ? 'good' : changed < 0 ? 'bad' : 'muted' };
}
