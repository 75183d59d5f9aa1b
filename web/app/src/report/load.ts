// Tables of reports from the API: one page of rows, a row's subtable, and the same rows of another period.

import { call, type Parameters } from '@/api/client';
import type { ProcessedReport, Row, RowMetadata } from '@/api/types';

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
  /** The same row of each compared segment. */
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

/** The parameters that give this table in an export. */
export const exportParameters = (request: TableRequest): Parameters => ({
  ...parametersOf(request),
  format_metrics: undefined,
  flat: request.isFlat || undefined,
  expanded: !request.isFlat || undefined,
  filter_limit: -1,
  filter_pattern: request.search ? escapePattern(request.search) : undefined,
  filter_column: request.search ? 'label' : undefined,
  filter_sort_column: request.sort || undefined,
  filter_sort_order: request.sort ? request.order : undefined,
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
      filter_pattern: request.search ? escapePattern(request.search) : undefined,
      filter_column: request.search ? 'label' : undefined,
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

/** The rows below a row. */
export async function loadSubtable(request: TableRequest, action: string, parent: TableRow): Promise<TableRow[]> {
  const answer = await call<Row[]>(`${request.module}.${action}`, { ...parametersOf(request), idSubtable: parent.idSubtable, filter_limit: 500 });
  return (Array.isArray(answer) ? answer : []).map((row, index) =>
    rowOf(row, Object.fromEntries(METADATA.map((name) => [name, row[name]])) as RowMetadata, parent, index),
  );
}

/** Rows by label in another period, to compare with. */
export async function loadCompared(request: TableRequest, date: string, signal: AbortSignal): Promise<Map<string, Row>> {
  const table = await loadTable({ ...request, compareSegments: undefined, date, page: 0, limit: Math.max(500, request.limit) }, signal);
  return new Map(table.rows.map((row) => [row.label, row.cells]));
}

/** A row's place in the tree as API.getRowEvolution wants it. */
export const labelParameter = (path: readonly string[]): string => path.map((one) => encodeURIComponent(one)).join(' > ');
