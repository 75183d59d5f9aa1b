// Tables of reports from the API: one page of rows, a row's subtable, and the same rows of another period.

import { call, type Parameters } from '@/api/client';
import type { Cell, ProcessedReport, ReportMetadata, Row, RowMetadata } from '@/api/types';
import { numeric } from '@/format';

export interface TableRequest {
  module: string;
  action: string;
  extra: Record<string, string>;
  idSite: number;
  period: string;
  date: string;
  segment?: string;
  /** Segments whose numbers come along with every row. */
  compareSegments?: readonly string[];
  isFlat: boolean;
  search: string;
  sort: string;
  order: 'asc' | 'desc';
  limit: number;
  page: number;
}

export interface TableRow {
  key: string;
  label: string;
  cells: Row;
  metadata: RowMetadata;
  depth: number;
  /** Labels from the top of the tree down to this row. */
  path: string[];
  idSubtable?: number;
  /** The same row of each compared segment; that of a segment without such a row has nothing. */
  rivals: Row[];
  /** Which of the compared segments this row shows, if it is one of theirs. */
  rival?: number;
}

export interface Table {
  columns: string[];
  names: Record<string, string>;
  rows: TableRow[];
  total: Row;
  hasMore: boolean;
}

const METADATA = ['url', 'segment', 'code', 'idsubdatatable', 'logo'] as const;
/** Columns that stay even when all their values are zero. */
const ALWAYS = 2;

/** The API gives the compared rows with the row, that of the call's own segment first. */
function rivalsOf(cells: Row): Row[] {
  const told: unknown = cells.comparisons;
  return Array.isArray(told) ? (told as Row[]).slice(1) : [];
}

export function rowOf(cells: Row, metadata: RowMetadata, parent: TableRow | undefined, index: number): TableRow {
  const label = String(cells.label ?? '');
  const path = [...(parent?.path ?? []), label];
  return {
    key: `${parent?.key ?? ''}/${index}:${label}`,
    label,
    cells,
    metadata,
    depth: parent ? parent.depth + 1 : 0,
    path,
    rivals: rivalsOf(cells),
    idSubtable: typeof metadata.idsubdatatable === 'number' ? metadata.idsubdatatable : undefined,
  };
}

const parametersOf = (request: TableRequest): Parameters => ({
  idSite: request.idSite,
  period: request.period,
  date: request.date,
  segment: request.segment,
  ...request.extra,
  format_metrics: 0,
});

/** By what a report is sorted where nobody has chosen: its first metric, unless its rows have an order of their own. */
export const usualSort = (report: ReportMetadata | undefined): string => (report?.constantRowsCount ? '' : (Object.keys(report?.metrics ?? {})[0] ?? ''));

/** The parameters that give this table in an export. */
export const exportParameters = (request: TableRequest): Parameters => ({
  ...parametersOf(request),
  format_metrics: undefined,
  flat: request.isFlat || undefined,
  expanded: !request.isFlat || undefined,
  filter_limit: -1,
  ...namedRows(request),
  filter_sort_column: request.sort || undefined,
  filter_sort_order: request.sort ? request.order : undefined,
});

/** Rows are searched, and ordered by their names, as these stand on the page. */
const namedRows = ({ search, sort }: TableRequest): Parameters => ({
  labels_as_shown: search !== '' || sort === 'label' || undefined,
  filter_pattern: search ? escapePattern(search) : undefined,
  filter_column: search ? 'label' : undefined,
});

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

export async function loadTable(request: TableRequest, signal: AbortSignal): Promise<Table> {
  const answer = await call<ProcessedReport>(
    'API.getProcessedReport',
    {
      ...parametersOf(request),
      apiModule: request.module,
      apiAction: request.action,
      flat: request.isFlat || undefined,
      filter_limit: request.limit + 1,
      filter_offset: request.page * request.limit || undefined,
      ...namedRows(request),
      filter_sort_column: request.sort || undefined,
      filter_sort_order: request.sort ? request.order : undefined,
      hideMetricsDoc: 1,
      compare: request.compareSegments?.length ? 1 : undefined,
      compareSegments: request.compareSegments,
    },
    signal,
  );
  const data = Array.isArray(answer.reportData) ? answer.reportData : [];
  const rows = data.slice(0, request.limit).map((cells, index) => rowOf(cells, answer.reportMetadata?.[index] ?? {}, undefined, index));
  const columns = Object.keys(answer.columns).filter((name) => name !== 'label');
  const isUsed = (name: string): boolean => data.some((row) => row[name] !== undefined && row[name] !== null && Number(row[name]) !== 0);
  const isThere = (name: string): boolean => data.some((row) => row[name] !== undefined);
  const there = columns.filter((name) => !data.length || isThere(name));
  return {
    columns: there.filter((name, index) => index < ALWAYS || isUsed(name)),
    names: answer.columns,
    rows,
    total: answer.reportTotal ?? {},
    hasMore: data.length > request.limit,
  };
}

const MOST_BELOW = 500;
const byLabel = (rows: readonly Row[]): Map<string, Row> => new Map(rows.map((row) => [String(row.label ?? ''), row]));

async function loadBelow(request: TableRequest, action: string, idSubtable: Cell): Promise<Row[]> {
  if (idSubtable === undefined || idSubtable === null) return [];
  const answer = await call<Row[]>(`${request.module}.${action}`, { ...parametersOf(request), idSubtable, filter_limit: MOST_BELOW });
  return Array.isArray(answer) ? answer : [];
}

/** The rows below a row, with those of the compared segments, whose subtables have numbers of their own. */
export async function loadSubtable(request: TableRequest, action: string, parent: TableRow): Promise<TableRow[]> {
  const [own = [], ...others] = await Promise.all([
    loadBelow(request, action, parent.idSubtable),
    ...parent.rivals.map((cells, index) => loadBelow({ ...request, segment: request.compareSegments?.[index] || undefined }, action, cells.idsubdatatable)),
  ]);
  const rivals = others.map(byLabel);
  return own.map((row, index) => ({
    ...rowOf(row, Object.fromEntries(METADATA.map((name) => [name, row[name]])) as RowMetadata, parent, index),
    rivals: rivals.map((rows) => rows.get(String(row.label ?? '')) ?? {}),
  }));
}

/** Rows of another period, by their place in the tree. */
export type Earlier = ReadonlyMap<string, { cells: Row; idSubtable?: number }>;
export const placeOf = (path: readonly string[]): string => JSON.stringify(path);

/** The same rows of another period, to compare with. */
export async function loadCompared(request: TableRequest, date: string, signal: AbortSignal): Promise<Earlier> {
  const table = await loadTable({ ...request, compareSegments: undefined, date, page: 0, limit: Math.max(MOST_BELOW, request.limit) }, signal);
  return new Map(table.rows.map((row) => [placeOf(row.path), row]));
}

/** What was below a row in another period. */
export async function loadComparedBelow(request: TableRequest, date: string, action: string, parent: TableRow, before: Earlier): Promise<Earlier> {
  const rows = await loadBelow({ ...request, date }, action, before.get(placeOf(parent.path))?.idSubtable);
  return new Map(rows.map((cells) => [placeOf([...parent.path, String(cells.label ?? '')]), { cells, idSubtable: numeric(cells.idsubdatatable) }]));
}

/** A row's place in the tree as API.getRowEvolution wants it. */
export const labelParameter = (path: readonly string[]): string => path.map((one) => encodeURIComponent(one)).join(' > ');
