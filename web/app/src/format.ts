// Numbers, times and dates by Intl, in the browser's locale.

import type { CalendarDate } from '@internationalized/date';
import type { Cell, MetricType } from './api/types';
import { language, locale } from './i18n';
import { asUtcDate, type Period } from './periods';

const cached = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${locale()}${JSON.stringify(options)}`;
  let found = cached.get(key) as Intl.NumberFormat | undefined;
  if (!found) cached.set(key, (found = new Intl.NumberFormat(locale(), options)));
  return found;
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${locale()}${JSON.stringify(options)}`;
  let found = cached.get(key) as Intl.DateTimeFormat | undefined;
  if (!found) cached.set(key, (found = new Intl.DateTimeFormat(locale(), options)));
  return found;
}

export const formatNumber = (value: number, digits = 1): string => numberFormat({ maximumFractionDigits: digits }).format(value);
export const formatCompact = (value: number): string => numberFormat({ notation: 'compact', maximumFractionDigits: 1 }).format(value);
export const formatPercent = (value: number, digits = 1): string => numberFormat({ style: 'percent', maximumFractionDigits: digits }).format(value);

/** From this amount on, cents only take room. */
const WITHOUT_CENTS = 10_000;

export function formatMoney(value: number, currency: string): string {
  try {
    const isWhole = Number.isInteger(value) || Math.abs(value) >= WITHOUT_CENTS;
    return numberFormat({ style: 'currency', currency, minimumFractionDigits: isWhole ? 0 : 2, maximumFractionDigits: isWhole ? 0 : 2 }).format(value);
  } catch {
    return `${formatNumber(value, 2)} ${currency}`;
  }
}

type Unit = 'hour' | 'minute' | 'second';
/** Where a language's short names of units take much room, their symbols stand instead. */
const SYMBOLS: Partial<Record<string, Record<Unit, string>>> = { de: { hour: 'h', minute: 'min', second: 's' } };

/** A duration as people read it: 48 s, 3 min 12 s, 2 h 5 min. */
export function formatSeconds(value: number): string {
  const symbols = SYMBOLS[language()];
  const unit = (amount: number, name: Unit) => (symbols ? `${formatNumber(amount, value < 10 ? 2 : 0)}\u00a0${symbols[name]}` : numberFormat({ style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: value < 10 ? 2 : 0 }).format(amount));
  const rounded = value < 10 ? Math.round(value * 100) / 100 : Math.round(value);
  if (rounded < 60) return unit(rounded, 'second');
  const [hours, minutes, seconds] = [Math.floor(rounded / 3600), Math.floor((rounded % 3600) / 60), rounded % 60];
  if (hours) return minutes ? `${unit(hours, 'hour')} ${unit(minutes, 'minute')}` : unit(hours, 'hour');
  return seconds ? `${unit(minutes, 'minute')} ${unit(seconds, 'second')}` : unit(minutes, 'minute');
}

/** A short duration: 210 ms, 1.3 s. */
export const formatMilliseconds = (value: number): string =>
  value < 1000 ? numberFormat({ style: 'unit', unit: 'millisecond', unitDisplay: 'narrow' }).format(value) : formatSeconds(value / 1000);

export const numeric = (value: Cell): number | undefined => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
};

/** A metric's value as its type asks for; texts stay as they are. */
export function formatMetric(value: Cell, type: MetricType | undefined, currency: string): string {
  if (value === null || value === undefined || value === '') return '–';
  const number = numeric(value);
  if (number === undefined) return String(value);
  switch (type) {
    case 'percent':
      return formatPercent(number);
    case 'money':
      return formatMoney(number, currency);
    case 'duration_s':
      return formatSeconds(number);
    case 'duration_ms':
      return formatSeconds(number / 1000);
    case 'byte':
      return numberFormat({ style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 }).format(number / 1e6);
    default:
      return formatNumber(number, 2);
  }
}

/** The change from one value to another as a signed percentage; undefined if there is nothing to compare with. */
export function changeOf(now: number | undefined, before: number | undefined): number | undefined {
  if (now === undefined || before === undefined || (before === 0 && now === 0)) return undefined;
  return before === 0 ? undefined : (now - before) / Math.abs(before);
}
export const formatChange = (change: number): string =>
  numberFormat({ style: 'percent', maximumFractionDigits: Math.abs(change) < 0.1 ? 1 : 0, signDisplay: 'exceptZero' }).format(change);

export const formatDay = (seconds: number): string => dateFormat({ dateStyle: 'medium', timeZone: 'UTC' }).format(seconds * 1000);
export const formatShortDay = (seconds: number): string => dateFormat({ day: 'numeric', month: 'short', timeZone: 'UTC' }).format(seconds * 1000);
export const formatMonth = (seconds: number): string => dateFormat({ month: 'long', year: 'numeric', timeZone: 'UTC' }).format(seconds * 1000);

export const formatShortMonth = (seconds: number): string => dateFormat({ month: 'short', year: '2-digit', timeZone: 'UTC' }).format(seconds * 1000);

const withZone = (timezone: string): string => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return timezone;
  } catch {
    return 'UTC';
  }
};
export const formatTime = (seconds: number, timezone: string): string => dateFormat({ timeStyle: 'medium', timeZone: withZone(timezone) }).format(seconds * 1000);
export const formatMinute = (seconds: number, timezone: string): string => dateFormat({ timeStyle: 'short', timeZone: withZone(timezone) }).format(seconds * 1000);
export const formatMoment = (seconds: number, timezone: string): string =>
  dateFormat({ dateStyle: 'medium', timeStyle: 'short', timeZone: withZone(timezone) }).format(seconds * 1000);

export function formatAgo(seconds: number): string {
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'short' });
  if (seconds < 60) return format.format(-Math.round(seconds), 'second');
  if (seconds < 3600) return format.format(-Math.round(seconds / 60), 'minute');
  if (seconds < 86_400) return format.format(-Math.round(seconds / 3600), 'hour');
  return format.format(-Math.round(seconds / 86_400), 'day');
}

/** A period in words: "Saturday, 21 November 2026", "November 2026", "16 – 22 Nov 2026". */
export function formatPeriod(period: Period, [first, last]: readonly [CalendarDate, CalendarDate], isShort = false): string {
  const [from, to] = [asUtcDate(first), asUtcDate(last)];
  const zone = { timeZone: 'UTC' } as const;
  if (period === 'year') return dateFormat({ year: 'numeric', ...zone }).format(from);
  if (period === 'month') return dateFormat({ month: isShort ? 'short' : 'long', year: 'numeric', ...zone }).format(from);
  if (period === 'day') return dateFormat(isShort ? { weekday: 'short', day: 'numeric', month: 'short', ...zone } : { dateStyle: 'full', ...zone }).format(from);
  return dateFormat({ day: 'numeric', month: 'short', year: 'numeric', ...zone }).formatRange(from, to);
}
