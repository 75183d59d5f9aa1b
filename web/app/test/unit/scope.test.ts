import { describe, expect, test } from 'vitest';
import { joinSegments, splitSegments } from '../../src/scope';
import { savedSegments, segmentName } from '../../src/segmentNames';
import { named } from '../../src/i18n';

describe('compared segments in an address', () => {
  test.each([[[]], [['']], [['browserCode==FF']], [['', 'browserCode==FF;city==a%2Cb', 'userId==x']]])('are read as they were written: %j', (list) => {
    expect(splitSegments(joinSegments(list))).toEqual(list);
  });

  test('keep a value with the separator in it', () => {
    expect(splitSegments(joinSegments(['pageTitle==a|b', '']))).toEqual(['pageTitle==a%7Cb', '']);
  });
});

test('a segment has its saved name, or its conditions', () => {
  savedSegments.value = [{ name: 'Firefox', definition: 'browserCode==FF' } as never];
  expect(['', 'browserCode==FF', 'city==Ulm;userId!=a'].map(segmentName)).toEqual(['All visits', 'Firefox', 'city == Ulm & userId != a']);
});

test('an identifier is shown as words, a name as it is', () => {
  expect(['max_actions_new', 'nb_odd_things', 'Visits', '/some_path', 'nb visits'].map(named)).toEqual(['Maximum actions in one new visit', 'Nb odd things', 'Visits', '/some_path', 'nb visits']);
});
