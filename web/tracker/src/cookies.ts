// First-party cookies under Matomo's names, so that visitors stay known when a site changes its tracker.

import { shortHash } from './sha1';
import { decode, doc, encode, nav, t, type Any } from './tracker';

const DAY_MS = 864e5;

/** The name with prefix, site and the hash of where the cookie is valid. */
const fullName = (name: string): string =>
  t.CookieNamePrefix + name + '.' + t.SiteId + '.' + shortHash((t.CookieDomain || location.hostname) + (t.CookiePath || '/'));

/** Write a cookie whatever the consent. */
export const writeCookie = (name: string, value: Any, lifetimeMs: number, domain = t.CookieDomain): string =>
  (doc.cookie =
    name + '=' + encode(value) +
    ';max-age=' + Math.round(lifetimeMs / 1000) +
    ';path=' + (t.CookiePath || '/') +
    (domain ? ';domain=' + domain : '') +
    (t.SecureCookie ? ';secure' : '') +
    ';SameSite=' + t.CookieSameSite);

export const readCookie = (name: string): string =>
  decode((doc.cookie.split('; ').find((one: string) => one.startsWith(name + '=')) || '').slice(name.length + 1));

export const dropCookie = (name: string): Any => readCookie(name) && writeCookie(name, '', -DAY_MS);

/** The tracker's own cookie; '' where there is none or cookies are off. */
export const getOwn = (name: string): string => (t.noCookies_ ? '' : readCookie(fullName(name)));

/** Write the tracker's own cookie, if cookies are on. */
export const setOwn = (name: string, value: Any, lifetimeMs: number): Any =>
  t.noCookies_ || writeCookie(fullName(name), value, lifetimeMs);

export const deleteCookies = (): Any => ['id', 'ses', 'cvar', 'ref'].map((name) => dropCookie(fullName(name)));

export const disableCookies = (): void => {
  t.noCookies_ = true;
  deleteCookies();
};

export const hasCookies = (): string => (nav.cookieEnabled && !t.noCookies_ ? '1' : '0');

/** Cookies are from now on for the domain and all below it, if the browser takes them for it. */
export const setCookieDomain = (given: string): void => {
  const domain = given.replace('*', '');
  writeCookie('_tm', 1, DAY_MS, domain);
  if (readCookie('_tm')) t.CookieDomain = domain;
  writeCookie('_tm', '', -DAY_MS, domain);
};
