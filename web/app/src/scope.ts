// What the page is about, kept in its address: site, period, date, segment and comparison.

import { computed, type ComputedRef } from 'vue';
import { useRoute, useRouter, type LocationQuery, type LocationQueryRaw } from 'vue-router';
import type { Site } from './api/types';
import { sites } from './metadata';
import { boundsOf, comparedDate, PERIODS, seriesOf, type Comparison, type Period } from './periods';

export interface Scope {
  idSite: number;
  period: Period;
  date: string;
  segment: string;
  compare: Comparison;
  compareDate: string;
  /** Segments whose numbers stand beside those of the chosen one. */
  compareSegments: string[];
}

const DEFAULT_PERIOD: Period = 'day';
const DEFAULT_DATE = 'yesterday';
const SITE_KEY = 'tidemark.site';
const KEPT = ['site', 'period', 'date', 'segment', 'compare', 'compareDate', 'compareSegments'] as const;
/** How many segments stand beside the chosen one. */
export const MOST_COMPARED = 3;

const text = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? '';

/** The part of an address' query that every link keeps. */
export const keptQuery = (query: LocationQuery): Record<string, string> =>
  Object.fromEntries(KEPT.map((name) => [name, text(query[name])]).filter(([, value]) => value !== ''));

// In an address the list is one text; "all" stands for all visits, whose definition is empty.
const SEPARATOR = '|';
const ALL = 'all';
export const joinSegments = (list: readonly string[]): string => list.map((one) => one.replaceAll(SEPARATOR, '%7C') || ALL).join(SEPARATOR);
export const splitSegments = (told: string): string[] => (told ? told.split(SEPARATOR).map((one) => (one === ALL ? '' : one)) : []);

function defaultSite(): number {
  const last = Number(localStorage.getItem(SITE_KEY));
  return sites.value?.find((one) => one.idsite === last)?.idsite ?? sites.value?.[0]?.idsite ?? 0;
}

export interface UseScope {
  scope: ComputedRef<Scope>;
  site: ComputedRef<Site | undefined>;
  timezone: ComputedRef<string>;
  currency: ComputedRef<string>;
  /** What nearly every method wants to know. */
  parameters: ComputedRef<{ idSite: number; period: Period; date: string; segment: string | undefined }>;
  bounds: ComputedRef<ReturnType<typeof boundsOf>>;
  series: ComputedRef<{ period: Period; date: string }>;
  compared: ComputedRef<string | undefined>;
  change: (patch: Partial<Record<(typeof KEPT)[number], string>>) => void;
  kept: ComputedRef<Record<string, string>>;
}

export function useScope(): UseScope {
  const route = useRoute();
  const router = useRouter();
  const scope = computed<Scope>(() => {
    const query = route.query;
    const period = text(query.period) as Period;
    return {
      idSite: Number(text(query.site)) || defaultSite(),
      period: PERIODS.includes(period) ? period : DEFAULT_PERIOD,
      date: text(query.date) || DEFAULT_DATE,
      segment: text(query.segment),
      compare: text(query.compare) as Comparison,
      compareDate: text(query.compareDate),
      compareSegments: splitSegments(text(query.compareSegments)).filter((one) => one !== text(query.segment)).slice(0, MOST_COMPARED),
    };
  });
  const site = computed(() => sites.value?.find((one) => one.idsite === scope.value.idSite));
  const timezone = computed(() => site.value?.timezone ?? 'UTC');
  return {
    scope,
    site,
    timezone,
    currency: computed(() => site.value?.currency ?? 'USD'),
    parameters: computed(() => {
      const { idSite, period, date, segment } = scope.value;
      return { idSite, period, date, segment: segment || undefined };
    }),
    bounds: computed(() => boundsOf(scope.value.period, scope.value.date, timezone.value)),
    series: computed(() => seriesOf(scope.value.period, scope.value.date, timezone.value)),
    compared: computed(() => comparedDate(scope.value.period, scope.value.date, scope.value.compare, scope.value.compareDate, timezone.value)),
    kept: computed(() => keptQuery(route.query)),
    change: (patch) => {
      if (patch.site) localStorage.setItem(SITE_KEY, patch.site);
      const query: LocationQueryRaw = { ...route.query, ...patch };
      for (const [name, value] of Object.entries(query)) if (value === '') delete query[name];
      void router.push({ path: route.path, query });
    },
  };
}
