import { describe, expect, test } from 'vitest';
import { changeText, columnsWithRoom, partText } from '../../src/report/columns';
import { placeOf, rowOf, usualSort } from '../../src/report/load';

const table = { columns: ['nb_visits', 'nb_uniq_visitors', 'avg_time_on_site', 'bounce_rate'], names: { nb_visits: 'Visits', nb_uniq_visitors: 'Unique visitors', avg_time_on_site: 'Avg. Time on Website', bounce_rate: 'Bounce Rate' } };

describe('columns of a table', () => {
  test('are all there when there is room', () => {
    expect(columnsWithRoom(table, 1100, '', false)).toEqual(table.columns);
  });

  test('are at least one, and the one that sorts', () => {
    expect(columnsWithRoom(table, 200, '', false)).toEqual(['nb_visits']);
    expect(columnsWithRoom(table, 580, 'bounce_rate', false)).toContain('bounce_rate');
    expect(columnsWithRoom(table, 580, 'bounce_rate', false).length).toBeLessThan(4);
  });

  test('are fewer when changes stand beside their values', () => {
    expect(columnsWithRoom(table, 760, '', true).length).toBeLessThan(columnsWithRoom(table, 760, '', false).length);
  });
});

describe('cells', () => {
  const folder = rowOf({ label: 'shop', nb_visits: 30 }, {}, undefined, 0);
  const page = rowOf({ label: '/shop', nb_visits: 12 }, {}, folder, 0);

  test('tell the part of the whole only where it is one', () => {
    expect(partText(folder, { nb_visits: 60 }, undefined, 'nb_visits')).toBe('50%');
    expect(partText(folder, { nb_visits: 20 }, undefined, 'nb_visits')).toBe('');
    expect(partText({ ...folder, rival: 0 }, { nb_visits: 60 }, undefined, 'nb_visits')).toBe('');
  });

  test('tell the change of the row at the same place of the tree', () => {
    const before = new Map([
      [placeOf(['shop']), { cells: { nb_visits: 20 } }],
      [placeOf(['shop', '/shop']), { cells: { nb_visits: 24 } }],
    ]);
    expect(changeText(folder, 'nb_visits', before)).toEqual({ text: '+50%', tone: 'good' });
    expect(changeText(page, 'nb_visits', before)).toEqual({ text: '-50%', tone: 'bad' });
    expect(changeText(page, 'nb_visits', undefined)).toBeUndefined();
  });
});

test('rows that have an order of their own are not sorted', () => {
  const report = { metrics: { nb_hits: 'Pageviews', nb_visits: 'Visits' } } as never;
  expect(usualSort(report)).toBe('nb_hits');
  expect(usualSort({ ...(report as object), constantRowsCount: true } as never)).toBe('');
  expect(usualSort(undefined)).toBe('');
});
