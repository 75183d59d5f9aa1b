import { describe, expect, test } from 'vitest';
import { boundsOf, comparedDate, secondsOfKey, seriesOf, shifted } from '../../src/periods';

const bounds = (...[period, date]: [Parameters<typeof boundsOf>[0], string]): string[] => boundsOf(period, date, 'UTC').map(String);

describe('periods', () => {
  test('have a first and a last day', () => {
    expect(bounds('day', '2026-03-01')).toEqual(['2026-03-01', '2026-03-01']);
    expect(bounds('week', '2026-03-01')).toEqual(['2026-02-23', '2026-03-01']);
    expect(bounds('month', '2026-02-11')).toEqual(['2026-02-01', '2026-02-28']);
    expect(bounds('range', '2026-02-03,2026-02-05')).toEqual(['2026-02-03', '2026-02-05']);
  });

  test('have one before and one after', () => {
    expect(shifted('month', '2026-03-31', -1, 'UTC')).toBe('2026-02-01');
    expect(shifted('range', '2026-02-03,2026-02-05', -1, 'UTC')).toBe('2026-01-31,2026-02-02');
  });

  test('are compared with the one before or a year ago', () => {
    expect(comparedDate('week', '2026-03-01', 'previous', '', 'UTC')).toBe('2026-02-16');
    expect(comparedDate('day', '2026-03-01', 'year', '', 'UTC')).toBe('2025-03-01');
    expect(comparedDate('day', '2026-03-01', '', '', 'UTC')).toBeUndefined();
  });

  test('end a series', () => {
    expect(seriesOf('day', '2026-03-01', 'UTC')).toEqual({ period: 'day', date: '2026-01-31,2026-03-01' });
    expect(seriesOf('range', '2025-01-01,2026-03-01', 'UTC').period).toBe('month');
  });

  test.each([['2026-03-01', '2026-03-01'], ['2026-03', '2026-03-01'], ['2026', '2026-01-01'], ['2026-02-23,2026-03-01', '2026-02-23']])('begin where the key %s says', (key, day) => {
    expect(secondsOfKey(key)).toBe(Date.parse(`${day}T00:00:00Z`) / 1000);
  });
});
