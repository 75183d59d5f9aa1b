// A tracker's commands: options that are set and read by table, and what is more than an option.

import { siteHosts } from './address';
import { consentCommands, hasOptedOut } from './consent';
import { disableCookies, getOwn, hasCookies, setCookieDomain, setOwn } from './cookies';
import { askForHints } from './hints';
import { trackLink, watchLinks } from './links';
import { addPlugin, build, currentUrl, ping, query, runPlugins, track } from './request';
import { asList, attempt, decode, doc, encode, guard, isGiven, later, listen, nav, t, win, type Any, type Tracker } from './tracker';
import { FORM, flushPending, flushQueue, queue, retry } from './transport';
import { remainingMs, storedAttribution, visitor } from './visitor';

const asIs = (value: Any): Any => value;
const extensions = (given: Any): string[] => (given.split ? given.split('|') : given);
const words = (text: string): string[] => text.split(' ');
const baseUrl = (): string => t.TrackerUrl.replace(/[^/]*$/, '');

/** Options that one command sets and another reads: [names, what becomes of a value]. */
const OPTIONS: [string, (value: Any) => Any][] = [
  [
    'TrackerUrl APIUrl SiteId ReferrerUrl CustomUrl DocumentTitle CookieNamePrefix CookieDomain CookiePath CookieSameSite ConversionAttributionFirstReferrer ' +
      'CustomRequestProcessing LinkTrackingTimer CrossDomainLinkingTimeout RequestMethod RequestContentType CountPreRendered GenerationTimeMs CustomData',
    asIs,
  ],
  ['ExcludedReferrers ExcludedQueryParams IgnoreClasses LinkClasses DownloadClasses CampaignNameKey CampaignKeywordKey', asList],
  ['VisitorCookieTimeout SessionCookieTimeout ReferralCookieTimeout', (given) => given * 1000],
  ['DownloadExtensions', extensions],
  ['Domains', siteHosts],
  ['UserId', (id) => (isGiven(id) ? id : t.UserId)],
  ['PageViewId', (id) => (t.fixedPageView_ = id)],
  ['SecureCookie', (isOn) => isOn && location.protocol == 'https:'],
  ['RequestQueueInterval', (ms) => Math.max(ms, 1000)],
];

/** What one command enables and another disables. */
const SWITCHES = words(
  'AlwaysUseSendBeacon BrowserFeatureDetection CampaignParameters PerformanceTracking QueueRequest FileTracking',
);

const COMMANDS: Record<string, Any> = {
  trackPageView: (title?: Any, given?: Any, callback?: Any) => {
    if (t.pageViews_++ || !t.PageViewId) t.PageViewId = t.fixedPageView_ || Math.random().toString(36).slice(2, 8);
    track('action_name=' + encode(isGiven(title) ? title : t.DocumentTitle || ''), given, callback, 'log');
  },
  getNumTrackedPageViews: () => t.pageViews_,
  trackEvent: (category: Any, action: Any, name?: Any, value?: Any, given?: Any, callback?: Any) =>
    isGiven(category) && isGiven(action) && track(query({ e_c: category, e_a: action, e_n: name, e_v: value, ca: 1 }), given, callback, 'event'),
  trackGoal: (id: Any, revenue?: Any, given?: Any, callback?: Any) => track(query({ idgoal: id, revenue: revenue || '' }), given, callback, 'goal'),
  trackSiteSearch: (keyword: Any, category?: Any, count?: Any, given?: Any) =>
    track(query({ search: keyword, search_cat: category || '', search_count: count }), given, undefined, 'sitesearch'),
  trackLink,
  trackRequest: track,
  queueRequest: (request?: string, isWhole?: boolean) => queue(request && !isWhole ? build(request) : request),
  getRequest: build,
  ping,
  enableLinkTracking: (isThorough?: boolean) => {
    if (!t.hasLinks_) watchLinks(doc, isThorough);
    t.hasLinks_ = true;
  },
  addListener: watchLinks,
  getVisitorId: () => visitor()[1],
  getVisitorInfo: visitor,
  getRemainingVisitorCookieTimeout: remainingMs,
  getAttributionInfo: storedAttribution,
  getCurrentUrl: currentUrl,
  getMatomoUrl: baseUrl,
  getPiwikUrl: baseUrl,
  resetUserId: () => (t.UserId = ''),
  setVisitorId: (id: string) => /^[\da-f]{16}$/i.test(id) && (t.id_ = id),
  setCustomData: (data: Any, value?: Any) => (t.CustomData = data.big ? { ...t.CustomData, [data]: value } : data),
  appendToTrackingUrl: (text: string) => (t.appended_ = text),
  addPlugin,
  addDownloadExtensions: (more: Any) => (t.DownloadExtensions = [...t.DownloadExtensions, ...extensions(more)]),
  removeDownloadExtensions: (unwanted: Any) => t.notDownloads_.push(...extensions(unwanted)),
  setPagePerformanceTiming: (...spans: Any[]) => (t.timing_ = spans),
  alwaysUseSendBeacon: () => (t.AlwaysUseSendBeacon = true),
  isUsingAlwaysUseSendBeacon: () => t.AlwaysUseSendBeacon,
  discardHashTag: (isOn: boolean) => (t.noFragment_ = isOn),
  setDoNotTrack: (isOn: boolean) => {
    t.doNotTrack_ = isOn && nav.doNotTrack == '1';
    if (t.doNotTrack_) disableCookies();
  },
  setCookieDomain,
  areCookiesEnabled: () => !t.noCookies_,
  hasCookies,
  getCookie: (name: string) => getOwn(name) || null,
  setSessionCookie: (name: string, value: Any = '', ms = t.SessionCookieTimeout) => setOwn(name, value, ms),
  setCustomDimension: (id: Any, value: Any = '') => +id > 0 && (t.dimensions_['dimension' + +id] = value + ''),
  getCustomDimension: (id: Any) => t.dimensions_['dimension' + +id],
  deleteCustomDimension: (id: Any) => delete t.dimensions_['dimension' + +id],
  ...consentCommands,
};

/** Commands that few pages need: their script is fetched when the first of them is called, and what is called meanwhile waits. */
const MORE = /Content|CustomVar|DomainLinking|HeartBeat|Vitals|JSErr|killF|redirectF|Ecommerce/;

const states: Tracker[] = [];
/** Calls that wait for the script with more commands. */
let waiting: Any[] | undefined;
let more: Any;

const offer = (name: string, command: Any): Any => {
  const { api_ } = t;
  const run = guard(command);
  api_[name] = (...args: Any[]) => (waiting && name != 'getTrackerUrl' ? void waiting.push(() => api_[name](...args)) : run(...args));
};

const offerAll = (commands: Any): Any => Object.keys(commands).map((name) => offer(name, commands[name]));

/** Give all trackers, and those to come, more commands: those that a function makes for a tracker. */
export const extend = (commandsFor: Any): void => {
  const calls = waiting || [];
  more = commandsFor;
  waiting = undefined;
  states.map((state) => guard(() => offerAll(more(state.api_)), state)());
  calls.map((call) => call());
};

/** Fetch the script with more commands from beside the first tracking URL, then call. */
export const withMore = (call: Any): void => {
  if (more) return call();
  if (!waiting) {
    const script = doc.createElement('script');
    script.src = states[0].TrackerUrl.replace(/[^/]*$/, 'tidemark-more.js');
    script.onload = script.onerror = guard(() => more || extend(() => ({})));
    doc.head.append(script);
  }
  (waiting = waiting || []).push(call);
};

/** A tracker's commands at work for a state of its own. */
export const createTracker = (url = '', site: Any = ''): Any => {
  const api = new Proxy({} as Any, {
    get: (known, name: string) =>
      known[name] || (!more && name.match?.(MORE) ? (...args: Any[]) => guard(withMore, state)(() => api[name]?.(...args)) : undefined),
  });
  const state: Any = {
    TrackerUrl: url,
    SiteId: site,
    ReferrerUrl: decode(attempt(() => win.top.document.referrer, doc.referrer)),
    DocumentTitle: doc.title,
    Domains: siteHosts([]),
    ExcludedReferrers: ['.paypal.com'],
    ExcludedQueryParams: [],
    IgnoreClasses: [],
    LinkClasses: [],
    DownloadClasses: [],
    // Patterns, so that one can stand for several.
    DownloadExtensions: words(
      '7z aac apk ar[cj] as[cfx] avi azw3 bin bz2? csv deb dmg docx? epub exe flv gif gz(ip)? hqx ibooks jar jpe?g js md5 mobi mov(ie)? ' +
        'mp[234] mpe?g ms[ip] od[bfgst] og[gv] pdf phps png pptx? qtm? ram? rar rpm rtf sea sha(256|512)? sig sit tar tbz2? tgz torrent ' +
        'txt wav wm[av] wpd xlsx? xml xz z(ip)?',
    ),
    notDownloads_: [],
    CampaignNameKey: words('mtm_campaign matomo_campaign mtm_cpn pk_campaign pk_cpn piwik_campaign utm_campaign utm_source utm_medium'),
    CampaignKeywordKey: words('mtm_kwd matomo_kwd mtm_keyword pk_kwd pk_keyword piwik_kwd utm_term'),
    CookieNamePrefix: '_pk_',
    CookieSameSite: 'Lax',
    VisitorCookieTimeout: 33955200000,
    SessionCookieTimeout: 1800000,
    ReferralCookieTimeout: 15768000000,
    CrossDomainLinkingTimeout: 180,
    LinkTrackingTimer: 500,
    RequestQueueInterval: 2500,
    RequestContentType: FORM,
    api_: api,
    url_: decode(location.href),
    refused_: hasOptedOut(),
    held_: [],
    queue_: [],
    kept_: [],
    failures_: 0,
    hints_: {},
    dimensions_: {},
    pageViews_: 0,
  };
  states.push(state);
  guard(() => {
    SWITCHES.map((name) => {
      t[name] = name != 'FileTracking';
      offer('enable' + name, () => (t[name] = true));
      offer('disable' + name, () => (t[name] = false));
    });
    OPTIONS.map(([names, read]) =>
      words(names).map((name) => {
        offer('get' + name, () => t[name]);
        offer('set' + name, (value: Any) => (t[name] = read(value)));
      }),
    );
    ['CampaignName', 'CampaignKeyword', 'ReferrerTimestamp', 'ReferrerUrl'].map((name, i) =>
      offer('getAttribution' + name, () => storedAttribution()[i]),
    );
    offerAll(COMMANDS);
    if (more) offerAll(more(api));
    askForHints(flushPending);
    listen(win, 'pagehide', () => {
      t.isLeaving_ = true;
      runPlugins('unload');
      flushPending();
      flushQueue();
    });
    listen(win, 'pageshow', () => (t.isLeaving_ = false));
    listen(win, 'online', retry);
    later(retry, 2000);
  }, state)();
  return api;
};
