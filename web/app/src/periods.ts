// Periods as the API knows them: day, week, month, year and range, in the site's time zone.

import {
  CalendarDate,
  endOfMonth,
  endOfWeek,
  endOfYear,
  getLocalTimeZone,
  parseDate,
  startOfMonth,
  startOfWeek,
  startOfYear,
  today,
} from '@internationalized/date';

export type Period = 'day' | 'week' | 'month' | 'year' | 'range';
export const PERIODS: readonly Period[] = ['day', 'week', 'month', 'year', 'range'];
export type Comparison = '' | 'previous' | 'year' | 'custom';

/** How many periods an evolution graph shows. */
const SHOWN: Record<Period, number> = { day: 30, week: 26, month: 24, year: 10, range: 1 };

export const todayIn = (timezone: string): CalendarDate => {
  try {
    return today(timezone);
  } catch {
    return today(getLocalTimeZone()); // offsets such as UTC+2, which the browser has no name for
  }
};

/** The day that `date` names: today, yesterday or YYYY-MM-DD (of a range its last). */
export function dayOf(date: string, timezone: string): CalendarDate {
  const one = date.includes(',') ? date.split(',')[1]! : date;
  if (one === 'today') return todayIn(timezone);
  if (one === 'yesterday') return todayIn(timezone).subtract({ days: 1 });
  try {
    return parseDate(one);
  } catch {
    return todayIn(timezone).subtract({ days: 1 });
  }
}

/** First and last day of the period. */
export function boundsOf(period: Period, date: string, timezone: string): [CalendarDate, CalendarDate] {
  const day = dayOf(date, timezone);
  switch (period) {
    case 'day':
      return [day, day];
    case 'week':
      return [startOfWeek(day, 'en', 'mon'), endOfWeek(day, 'en', 'mon')];
    case 'month':
      return [startOfMonth(day), endOfMonth(day)];
    case 'year':
      return [startOfYear(day), endOfYear(day)];
    case 'range': {
      const relative = /^last(\d+)$/.exec(date);
      if (relative) return [todayIn(timezone).subtract({ days: Number(relative[1]) - 1 }), todayIn(timezone)];
      const [from] = date.split(',');
      return [dayOf(from ?? date, timezone), day];
    }
  }
}

const UNIT = { day: 'days', week: 'weeks', month: 'months', year: 'years' } as const;

/** The API's date of the period that is `steps` later. */
export function shifted(period: Period, date: string, steps: number, timezone: string): string {
  const [first, last] = boundsOf(period, date, timezone);
  if (period === 'range') {
    const days = (last.compare(first) + 1) * steps;
    return `${first.add({ days })},${last.add({ days })}`;
  }
  return first.add({ [UNIT[period]]: steps }).toString();
}

/** The API's date of the period to compare with; undefined if there is none. */
export function comparedDate(period: Period, date: string, mode: Comparison, custom: string, timezone: string): string | undefined {
  if (mode === '') return undefined;
  if (mode === 'previous') return shifted(period, date, -1, timezone);
  if (mode === 'custom') return custom || undefined;
  const [first, last] = boundsOf(period, date, timezone);
  const [from, to] = [first.subtract({ years: 1 }), last.subtract({ years: 1 })];
  return period === 'range' ? `${from},${to}` : from.toString();
}

/** Period and date of the series of which the given period is the last point; of a range, its days. */
export function seriesOf(period: Period, date: string, timezone: string): { period: Period; date: string } {
  const [first, last] = boundsOf(period, date, timezone);
  if (period === 'range') {
    const days = last.compare(first) + 1;
    return { period: days > 370 ? 'month' : days > 120 ? 'week' : 'day', date: `${first},${last}` };
  }
  const from = first.subtract({ [UNIT[period]]: SHOWN[period] - 1 });
  return { period, date: `${from},${last}` };
}

/** The first day that a key of a series ("2026-11-01", "2026-11", "2026", "2026-11-01,2026-11-07") stands for, as unix seconds UTC. */
export function secondsOfKey(key: string): number {
  const [from = key] = key.split(',');
  const [year = 1970, month = 1, day = 1] = from.replace(/^From (\S+) .*$/, '$1').split('-').map(Number);
  return Date.UTC(year, month - 1, day) / 1000;
}

export const asUtcDate = (day: CalendarDate): Date => new Date(Date.UTC(day.year, day.month - 1, day.day));
