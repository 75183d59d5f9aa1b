// What there is to show: sites, report pages and reports, all from the API.

import { computed, shallowRef } from 'vue';
import { call } from './api/client';
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
let loading: { site: number; answer: Promise<SiteReports> } | undefined;

async function ask(site: number): Promise<SiteReports> {
  const [pages, reports] = await Promise.all([
    call<ReportPage[]>('API.getReportPagesMetadata', { idSite: site }),
    call<ReportMetadata[]>('API.getReportMetadata', { idSite: site }),
  ]);
  return { site, pages, reports };
}

export async function loadReports(site: number, isForced = false): Promise<SiteReports> {
  if (!isForced && loading?.site === site) return loading.answer;
  const mine = { site, answer: ask(site) };
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
  Object.fromEntries(Object.entries(widget.parameters).filter(([name]) => name !== 'module' && name !== 'action' && !/^viewDataTable/.test(name)));

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

/** What a page is called: that of a custom dimension has a number only, its report the name. */
export const pageName = (page: ReportPage): string => (/^customdimension\d+$/.test(page.subcategory.id) ? (page.widgets[0]?.name ?? page.subcategory.name) : page.subcategory.name);
