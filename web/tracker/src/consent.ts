// Consent to tracking, consent to cookies, opt-out.

import { deleteCookies, disableCookies, dropCookie, readCookie, writeCookie } from './cookies';
import { ping } from './request';
import { sendAll } from './transport';
import { now, t, type Any } from './tracker';
import { rememberVisitor } from './visitor';

const CONSENT = 'mtm_consent';
const COOKIE_CONSENT = 'mtm_cookie_consent';
const REMOVED = 'mtm_consent_removed';
const HOUR_MS = 36e5;
const FOREVER_HOURS = 30 * 365 * 24;

/** Whether the visitor has opted out here before. */
export const hasOptedOut = (): boolean => !!readCookie(REMOVED);

const remembered = (name: string): Any => (!hasOptedOut() && readCookie(name)) || null;

const remember = (name: string, hours: number = FOREVER_HOURS): Any => writeCookie(name, now(), hours * HOUR_MS);

const setCookieConsentGiven = (): void => {
  const isNews = t.noCookies_;
  t.noCookies_ = false;
  if (isNews && !t.refused_ && t.SiteId) {
    rememberVisitor();
    ping();
  }
};

const setConsentGiven = (withCookies?: boolean): void => {
  t.refused_ = false;
  // Who had refused meant it: nothing of that time is ever sent.
  if (hasOptedOut()) t.held_ = [];
  dropCookie(REMOVED);
  sendAll(t.held_);
  if (withCookies !== false) setCookieConsentGiven();
};

const requireConsent = (): void => {
  t.consentRequired_ = true;
  t.refused_ = !remembered(CONSENT);
  t.noCookies_ = t.noCookies_ || t.refused_;
};

const forgetCookieConsentGiven = (): void => {
  dropCookie(COOKIE_CONSENT);
  disableCookies();
};

const forgetConsentGiven = (): void => {
  dropCookie(CONSENT);
  remember(REMOVED);
  forgetCookieConsentGiven();
  requireConsent();
};

export const consentCommands = {
  setCookieConsentGiven,
  setConsentGiven,
  requireConsent,
  forgetCookieConsentGiven,
  forgetConsentGiven,
  optUserOut: forgetConsentGiven,
  forgetUserOptOut: () => setConsentGiven(false),
  requireCookieConsent: () => !remembered(COOKIE_CONSENT) && (t.noCookies_ = true),
  rememberConsentGiven: (hours?: number) => {
    setConsentGiven();
    remember(CONSENT, hours);
  },
  rememberCookieConsentGiven: (hours?: number) => {
    setCookieConsentGiven();
    remember(COOKIE_CONSENT, hours);
  },
  hasConsent: () => !t.refused_,
  isUserOptedOut: () => !!t.refused_,
  isConsentRequired: () => !!t.consentRequired_,
  getRememberedConsent: () => remembered(CONSENT),
  hasRememberedConsent: () => !!remembered(CONSENT),
  getRememberedCookieConsent: () => remembered(COOKIE_CONSENT),
  disableCookies,
  deleteCookies,
};
