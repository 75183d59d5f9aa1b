// What there is to show: sites, report pages and reports, all from the API.

import { computed, shallowRef } from 'vue';
import { call } from './api/client';
import { language, type Language } from './i18n';
import type { ReportMetadata, ReportPage, Site, Widget } from './api/types';

export const sites = shallowRef<Site[]>();

export async function loadSites(): Promise<Site[]> {
  const answer = await call<Site[]>('SitesManager.getSitesWithAtLeastViewAccess');
  sites.value = [...answer].sort((a, b) => a.name.localeCompare(b.name));
  return sites.value;
}

export interface SiteReports {
  site: number;
  pages: ReportPage[];
  reports: ReportMetadata[];
}

export const reportsOfSite = shallowRef<SiteReports>();
let loading: { site: number; language: Language; answer: Promise<SiteReports> } | undefined;

async function ask(site: number): Promise<SiteReports> {
  const [pages, reports] = await Promise.all([
    call<ReportPage[]>('API.getReportPagesMetadata', { idSite: site }),
    call<ReportMetadata[]>('API.getReportMetadata', { idSite: site }),
  ]);
  return { site, pages: shownPages(pages, reports), reports };
}

/** The numbers of a report, whichever way a widget of it draws them. */
const OF_NUMBERS = new Set(['graphEvolution', 'graphStackedBarEvolution', 'sparklines']);
/** Views with further columns of reports that have a page of their own. */
const FURTHER_COLUMNS = new Set(['tableGoals', 'tablePerformanceColumns']);
/** The goal of widgets about all goals. */
const ALL_GOALS = '0';

/** The report that a widget shows, with the widget about it; undefined for what is no report, or is one elsewhere. */
function shownWidget(widget: Widget, reports: ReportMetadata[]): Widget | undefined {
  const view = widget.viewDataTable ?? '';
  if (!widget.isReport || FURTHER_COLUMNS.has(view)) return undefined;
  const asked = { ...widget.parameters, ...(String(widget.parameters.idGoal) === ALL_GOALS && { idGoal: undefined }) };
  const action = OF_NUMBERS.has(view) ? 'get' : widget.action;
  const fits = (one: ReportMetadata): boolean => ['idGoal', 'idDimension'].every((name) => String(one.parameters?.[name] ?? '') === String(asked[name as 'idGoal'] ?? ''));
  const report = reports.find((one) => one.module === widget.module && one.action === action && fits(one));
  if (!report) return undefined;
  const uniqueId = `widget${[widget.module, action, ...Object.entries(report.parameters ?? {}).flat()].join('')}`;
  return { ...widget, name: report.name, action, parameters: { module: widget.module, action, ...report.parameters }, uniqueId };
}

/** Pages of reports: containers opened, each report once; what the dashboard has own pages for, and empty pages, left out. */
export function shownPages(pages: ReportPage[], reports: ReportMetadata[]): ReportPage[] {
  return pages.flatMap((page) => {
    const found = page.widgets.flatMap((one) => one.widgets ?? [one]).flatMap((one) => shownWidget(one, reports) ?? []);
    const widgets = [...new Map(found.map((one) => [one.uniqueId, one])).values()];
    return widgets.length ? [{ ...page, widgets }] : [];
  });
}

export async function loadReports(site: number, isForced = false): Promise<SiteReports> {
  if (!isForced && loading?.site === site && loading.language === language()) return loading.answer;
  const mine = { site, language: language(), answer: ask(site) };
  loading = mine;
  // What came late is not shown: another site was chosen, or the same was asked for again.
  mine.answer.then(
    (found) => {
      if (loading === mine) reportsOfSite.value = found;
    },
    () => {
      if (loading === mine) loading = undefined;
    },
  );
  return mine.answer;
}

export interface NavigationGroup {
  id: string;
  name: string;
  pages: ReportPage[];
}

/** The report pages by category, both in the order that the API gives. */
export const navigation = computed<NavigationGroup[]>(() => {
  const groups = new Map<string, NavigationGroup & { order: number }>();
  for (const page of reportsOfSite.value?.pages ?? []) {
    const { id, name, order } = page.category;
    const group = groups.get(id) ?? { id, name, order, pages: [] };
    group.pages.push(page);
    groups.set(id, group);
  }
  const sorted = [...groups.values()].sort((a, b) => a.order - b.order);
  for (const group of sorted) {
    group.pages.sort((a, b) => a.subcategory.order - b.subcategory.order || a.subcategory.name.localeCompare(b.subcategory.name));
  }
  return sorted;
});

/** What a widget asks for beside the report itself, such as the goal. */
export const extraParameters = (widget: Widget): Record<string, string> =>
  Object.fromEntries(Object.entries(widget.parameters).filter(([name]) => name !== 'module' && name !== 'action'));

/** The metadata of the report that a widget shows. */
export function reportOf(widget: Pick<Widget, 'module' | 'action' | 'parameters'>): ReportMetadata | undefined {
  const same = (reportsOfSite.value?.reports ?? []).filter((one) => one.module === widget.module && one.action === widget.action);
  const fits = (one: ReportMetadata) => Object.entries(one.parameters ?? {}).every(([name, value]) => String(widget.parameters[name]) === String(value));
  return same.find((one) => one.parameters && fits(one)) ?? same.find((one) => !one.parameters) ?? same[0];
}

export const findReport = (method: string): ReportMetadata | undefined =>
  reportsOfSite.value?.reports.find((one) => `${one.module}.${one.action}` === method && !one.parameters);

/** The widget of a report wherever it is, so that pages may point to it. */
export function findWidget(method: string): { widget: Widget; page: ReportPage } | undefined {
  for (const page of reportsOfSite.value?.pages ?? []) {
    const widget = page.widgets.find((one) => `${one.module}.${one.action}` === method);
    if (widget) return { widget, page };
  }
  return undefined;
}

export const pageName = (page: ReportPage): string => page.subcategory.name;
