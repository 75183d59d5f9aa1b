// Every text in every language.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import german from '../../src/i18n/de.json';
import english from '../../src/i18n/en.json';

const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([one]) => one).sort();
const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && /\.(vue|ts)$/.test(one.name))
    .map((one) => readFileSync(join(one.parentPath, one.name), 'utf8'));

describe('the message catalogues', () => {
  test('have the same keys', () => {
    expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
  });

  test.each(Object.entries(english))('keep the places of %s', (key, text) => {
    expect(places((german as Record<string, string>)[key]!)).toEqual(places(text));
  });

  test('have no text that no page uses', () => {
    const all = sources(join(import.meta.dirname, '../../src')).join('\n');
    const isUsed = (key: string): boolean => all.includes(`'${key}'`) || all.includes(`\`${key.split('.').slice(0, -1).join('.')}.\${`);
    expect(Object.keys(english).filter((key) => !isUsed(key))).toEqual([]);
  });
});
