// What the page asks the API for, and what it makes of the answer, in the language of the reader.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { effectScope, nextTick } from 'vue';
import { addressOf, formOf } from '../../src/api/client';
import { useQuery } from '../../src/api/query';
import { formatSeconds } from '../../src/format';
import { choose, metricName, named } from '../../src/i18n';
import germanNames from '../../src/i18n/names.de.json';
import { exportParameters, labelParameter, type TableRequest } from '../../src/report/load';

const TEXTS = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../layers/shared/tidemark/definitions/texts_de.json'), 'utf8')) as Record<string, string>;
const request: TableRequest = { module: 'Referrers', action: 'getReferrerType', extra: {}, idSite: 1, period: 'day', date: 'yesterday', isFlat: false, search: '', sort: '', order: 'desc', limit: 10, page: 0 };

afterEach(() => choose('en'));

describe('the language of the page', () => {
  test('is that of every call, and of exported files and links', async () => {
    expect(formOf('API.get', {}).get('language')).toBe('en');
    await choose('de');
    expect(formOf('API.get', { idSite: 1 }).get('language')).toBe('de');
    expect(new URL(addressOf('Referrers.getReferrerType', exportParameters(request), 'csv')).searchParams.get('language')).toBe('de');
    expect(formOf('API.get', { language: 'fr' }).getAll('language').at(-1)).toBe('fr');
  });

  test('is asked for anew when another is chosen', async () => {
    const load = vi.fn(async () => 1);
    const scope = effectScope();
    scope.run(() => useQuery(() => 'same', load));
    expect(load).toHaveBeenCalledTimes(1);
    await choose('de');
    await nextTick();
    expect(load).toHaveBeenCalledTimes(2);
    scope.stop();
  });

  test('has rows searched by what they are called in it', () => {
    expect(exportParameters({ ...request, search: 'Direkt' })).toMatchObject({ labels_as_shown: true, filter_pattern: 'Direkt', filter_column: 'label' });
    expect(exportParameters({ ...request, sort: 'label' })).toMatchObject({ labels_as_shown: true, filter_pattern: undefined });
    expect(exportParameters(request).labels_as_shown).toBeUndefined();
    expect(labelParameter(['Suchmaschinen', 'Suchbegriff nicht bekannt'])).toBe('Suchmaschinen > Suchbegriff%20nicht%20bekannt');
  });

  test('has its names from the API, but for what the API has none for', async () => {
    expect(Object.keys(germanNames).filter((name) => name in TEXTS)).toEqual([]);
    await choose('de');
    expect(named('max_actions_new')).toBe('Meiste Aktionen eines neuen Besuchs');
    expect(named('Besuche')).toBe('Besuche');
  });

  test('says the unit of a number once', async () => {
    expect(metricName('Avg. Visit Duration (in seconds)')).toBe('Avg. Visit Duration');
    await choose('de');
    expect(metricName(TEXTS['Avg. Visit Duration (in seconds)']!)).toBe('Ø Besuchsdauer');
    expect([formatSeconds(198), formatSeconds(1.25), formatSeconds(3720)].map((one) => one.replaceAll('\u00a0', ' '))).toEqual(['3 min 18 s', '1,25 s', '1 h 2 min']);
  });
});
