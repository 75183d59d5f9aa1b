import { describe, expect, test } from 'vitest';
import { formatSegment, narrowed, parseSegment } from '../../src/segments';

describe('segment definitions', () => {
  test.each([
    ['countryCode==de', [[{ segment: 'countryCode', operator: '==', value: 'de' }]]],
    ['visitDuration>=10;browserCode==FF,browserCode==CH', [[{ segment: 'visitDuration', operator: '>=', value: '10' }], [{ segment: 'browserCode', operator: '==', value: 'FF' }, { segment: 'browserCode', operator: '==', value: 'CH' }]]],
    ['pageUrl=@%2Fshop', [[{ segment: 'pageUrl', operator: '=@', value: '/shop' }]]],
    ['pageTitle=^a%252Cb', [[{ segment: 'pageTitle', operator: '=^', value: 'a,b' }]]],
    ['', []],
  ])('read %s', (text, expected) => {
    expect(parseSegment(text)).toEqual(expected);
  });

  test('keep separators in values', () => {
    const definition = formatSegment([[{ segment: 'pageTitle', operator: '==', value: 'a;b,c & d==e' }]]);
    expect(parseSegment(definition)).toEqual([[{ segment: 'pageTitle', operator: '==', value: 'a;b,c & d==e' }]]);
  });

  test('are narrowed by a row', () => {
    expect(narrowed('countryCode==de', 'pageUrl==https%253A%252F%252Fa.org%252F')).toBe('countryCode==de;pageUrl==https%3A%2F%2Fa.org%2F');
  });
});
