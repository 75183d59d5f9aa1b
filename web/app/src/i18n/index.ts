// Texts by message catalogue. English is always there; others are loaded when they are chosen.

import { shallowRef } from 'vue';
import english from './en.json';
import englishNames from './names.en.json';

export type Key = keyof typeof english;
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

interface Catalogue {
  language: Language;
  messages: Record<string, string>;
  /** Names for which the API has none but an identifier; all others it gives in the language of the call. */
  names: Record<string, string>;
}

const LANGUAGE_KEY = 'tidemark.language';
const present = shallowRef<Catalogue>({ language: 'en', messages: english, names: englishNames });

export const language = (): Language => present.value.language;

/** The locale for numbers and dates: the browser's, or its own of the language that was chosen. */
export const locale = (): string => navigator.languages.find((one) => one.split('-')[0] === language()) ?? language();

/** The text of a key with its `{places}` filled. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  const message = present.value.messages[key] ?? english[key];
  return message.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** The text for a number of things: `key` has forms `key.one` and `key.other`. */
export function tn(key: string, count: number, shown: string): string {
  const form = new Intl.PluralRules(language()).select(count) === 'one' ? 'one' : 'other';
  return t(`${key}.${form}` as Key, { n: shown });
}

/** A metric for which the API has no words is given by its identifier: `max_actions_new`. */
const IDENTIFIER = /^[a-z]+(_[a-z\d]+)+$/;

/** A name that the API gave, which is in the language of the page; an identifier as words. */
export function named(name: string): string {
  const known = present.value.names[name];
  if (known !== undefined || !IDENTIFIER.test(name)) return known ?? name;
  const words = name.replaceAll('_', ' ');
  return words[0]!.toUpperCase() + words.slice(1);
}

/** Units in names such as "Avg. Visit Duration (in seconds)". */
const UNIT = / \((in )?(s|sec|seconds|ms|milliseconds|Sek\.|Sekunden)\)$/;

/** What a metric is called where its values stand with their unit. */
export const metricName = (name: string): string => named(name).replace(UNIT, '');

export async function choose(wanted: Language): Promise<void> {
  if (wanted === 'de') {
    const [{ default: messages }, { default: names }] = await Promise.all([import('./de.json'), import('./names.de.json')]);
    present.value = { language: 'de', messages, names };
  } else {
    present.value = { language: 'en', messages: english, names: englishNames };
  }
  document.documentElement.lang = wanted;
}

export async function keep(wanted: Language): Promise<void> {
  localStorage.setItem(LANGUAGE_KEY, wanted);
  await choose(wanted);
}

/** The language that was chosen before, else the first of the browser's that there is. */
export function preferred(): Language {
  const known = (one: string | null): one is Language => one !== null && one in LANGUAGES;
  const chosen = localStorage.getItem(LANGUAGE_KEY);
  if (known(chosen)) return chosen;
  return navigator.languages.map((one) => one.split('-')[0]!).find(known) ?? 'en';
}
