// Who visits, and what brought them: the id and the attribution that the cookies keep.

import { isAmong, parameter, purify } from './address';
import { getOwn, setOwn } from './cookies';
import { now, parse, seconds, stringify, t, type Any } from './tracker';

/** [whether the visitor is new ('1' or '0'), id of 16 hex digits, time of the first visit (unix seconds)]. */
export type Visitor = [string, string, Any];

/** Campaign, keyword, time (unix seconds) and referrer that the visit's conversions are attributed to. */
export type Attribution = [string, string, number, string];

const randomId = (): string =>
  [...crypto.getRandomValues(new Uint32Array(2))].map((half) => (half + 2 ** 32).toString(16).slice(1)).join('');

export const visitor = (): Visitor => {
  const [id, created] = getOwn('id').split('.');
  if (id) return ['0', t.id_ || id, created];
  return ['1', t.id_ || (t.noCookies_ ? '' : (t.newId_ = t.newId_ || randomId())), seconds()];
};

/** Milliseconds until the id expires; requests never prolong it. */
export const remainingMs = (): number => visitor()[2] * 1000 + t.VisitorCookieTimeout - now();

/** Renew the session's cookie and write the visitor's, which keeps the time of the first visit. */
export const rememberVisitor = (): void => {
  const [, id, created] = visitor();
  setOwn('id', id + '.' + created + '.', remainingMs());
  setOwn('ses', 1, t.SessionCookieTimeout);
};

export const storedAttribution = (): Attribution => parse(getOwn('ref')) || ['', '', 0, ''];

const firstOf = (url: string, names: string[]): string =>
  t.CampaignParameters ? names.reduce((found, name) => found || parameter(url, name), '') : '';

/** The page's referrer, unless the page's address or the site's owner says to ignore it. */
export const countedReferrer = (): string =>
  parameter(t.url_, 'ignore_referr?er') == '1' || isAmong(t.ExcludedReferrers, t.ReferrerUrl) ? '' : t.ReferrerUrl;

/** The visit's attribution; at the start of a session a new campaign or referrer replaces it. */
export const attribution = (url: string): Attribution => {
  const stored = storedAttribution();
  if (getOwn('ses') || (t.ConversionAttributionFirstReferrer && stored[2])) return stored;
  const campaign = firstOf(url, t.CampaignNameKey);
  const source = isAmong(t.Domains, countedReferrer()) ? '' : countedReferrer();
  if (!source && !campaign) return stored;
  const found: Attribution = [campaign, firstOf(url, t.CampaignKeywordKey), seconds(), purify((source || stored[3]).slice(0, 1024))];
  setOwn('ref', stringify(found), t.ReferralCookieTimeout);
  return found;
};
