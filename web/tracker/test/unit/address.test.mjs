// Addresses: what belongs to the site, what is cut, what is found in them.

import { beforeEach, describe, expect, test } from 'vitest';
import { isAmong, parameter, purify, siteHosts } from '../../src/address';
import { t } from '../../src/tracker';

beforeEach(() => {
  Object.assign(t, { ExcludedQueryParams: [], CampaignParameters: true, CampaignNameKey: ['utm_campaign'], CampaignKeywordKey: [], noFragment_: false });
});

describe('isAmong', () => {
  test.each([
    [['example.org'], 'https://example.org/x', true],
    [['example.org'], 'https://sub.example.org/', false],
    [['.example.org'], 'https://sub.example.org/', true],
    [['*.example.org'], 'https://example.org/', true],
    [['*.example.org'], 'https://badexample.org/', false],
    [['example.org/shop'], 'https://example.org/shop', true],
    [['example.org/shop'], 'https://example.org/shop/x?y', true],
    [['example.org/shop'], 'https://example.org/shopping', false],
    [['example.org/shop*'], 'https://example.org/shopping', true],
    [['example.org/*'], 'https://example.org/any', true],
    [['https://example.org:8080/a'], 'http://EXAMPLE.org/A/b', true],
    [[], 'https://example.org/', false],
  ])('%j has %s: %s', (hosts, url, expected) => expect(isAmong(hosts, url)).toBe(expected));
});

describe('siteHosts', () => {
  test.each([
    ['other.example', ['other.example', 'localhost']],
    [['localhost'], ['localhost']],
    [['other.example/path'], ['other.example/path']],
  ])('%j', (given, expected) => expect(siteHosts(given)).toEqual(expected));
});

describe('purify', () => {
  test.each([
    ['https://a.example/?x=1&pk_vid=2#f', [], 'https://a.example/?x=1#f'],
    ['https://a.example/?pk_vid=2', [], 'https://a.example/'],
    ['https://a.example/?pk_vid=2&x=1&y=2', [], 'https://a.example/?x=1&y=2'],
    ['https://a.example/?sid=1&SID=2&x=3#sid=4', ['sid'], 'https://a.example/?x=3'],
    ['https://a.example/?a.b=1&aXb=2', ['a.b'], 'https://a.example/?aXb=2'],
    ['https://a.example/?utm_x=1&utm_y=2&z=3', ['/^utm_/'], 'https://a.example/?z=3'],
    ['https://a.example/?x=#', [], 'https://a.example/?x=#'],
  ])('%s without %j', (url, excluded, expected) => {
    t.ExcludedQueryParams = excluded;
    expect(purify(url)).toBe(expected);
  });

  test('cuts campaigns when they are switched off', () => {
    t.CampaignParameters = false;
    expect(purify('https://a.example/?utm_campaign=x&y=1')).toBe('https://a.example/?y=1');
  });

  test('cuts the fragment when it is unwanted', () => {
    t.noFragment_ = true;
    expect(purify('https://a.example/#x')).toBe('https://a.example/');
  });
});

describe('parameter', () => {
  test.each([
    ['https://a.example/?q=a%20b', 'q', 'a b'],
    ['https://a.example/#q=1', 'q', '1'],
    ['https://a.example/?qq=1', 'q', ''],
    ['https://a.example/?q=%E0%A4%A', 'q', '%E0%A4%A'],
  ])('%s %s', (url, name, expected) => expect(parameter(url, name)).toBe(expected));
});
