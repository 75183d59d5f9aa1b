// The parameters of a request.

import { parameter, purify } from './address';
import { timing } from './hints';
import { send } from './transport';
import { callPage, doc, encode, guard, isGiven, listen, stringify, t, type Any, type Callback } from './tracker';
import { attribution, countedReferrer, rememberVisitor, visitor } from './visitor';

/** Plug-ins of all trackers by name. */
const plugins: Record<string, Any> = {};

export const addPlugin = (name: string, plugin: Any): Any => (plugins[name] = plugin);

/** What the plug-ins that know the hook add to a request. */
export const runPlugins = (hook?: string, about: Any = {}): string =>
  Object.values(plugins).map((plugin) => (plugin[hook!] && callPage(() => plugin[hook!]({ tracker: t.api_, ...about }))) || '').join('');

/** `&name=value`, or nothing if there is no value. */
export const pair = (name: string, value: Any): string => (isGiven(value) ? '&' + name + '=' + encode(value) : '');

/** Pairs without the first ampersand. */
export const query = (values: Any): string => Object.keys(values).map((name) => pair(name, values[name])).join('').slice(1);

export const currentUrl = (): string => (isGiven(t.CustomUrl) ? new URL(t.CustomUrl, t.url_).href : t.url_);

/** Dimensions and the rest of the data that the page gives with a request. */
const custom = (given: Any): Any => {
  const dimensions: Any = { ...t.dimensions_ };
  const rest: Any = {};
  for (const name in given) (/^dimension\d+$/.test(name) ? dimensions : rest)[name] = given[name];
  const data = stringify(rest)[2] ? rest : t.CustomData;
  return { ...dimensions, data: data && stringify(data) };
};

/** A whole request: what is asked, what every request tells, what plug-ins add. Its session begins or goes on. */
export const build = (asked: string, given?: Any, hook?: string, about?: Any): string => {
  if (t.doNotTrack_ || (location.protocol == 'file:' && !t.FileTracking)) return '';
  const url = currentUrl();
  const time = new Date();
  const [isNew, id] = visitor();
  const [campaign, keyword, referralTime, source] = attribution(url);
  const request =
    asked + '&' +
    query({
      idsite: t.SiteId,
      rec: 1,
      r: (Math.random() + '').slice(2, 8),
      h: time.getHours(),
      m: time.getMinutes(),
      s: time.getSeconds(),
      url: purify(url),
      urlref: purify(countedReferrer()),
      uid: t.UserId,
      _idn: isNew,
      _rcn: campaign,
      _rck: keyword,
      _refts: referralTime,
      _ref: source,
      cs: doc.characterSet == 'UTF-8' ? '' : doc.characterSet,
      send_image: 0,
      pv_id: t.PageViewId,
      consent: t.consentRequired_ && 1,
      tracker_install_check: parameter(t.url_, 'tracker_install_check'),
      ...custom(given),
    }) +
    '&_id=' + id +
    timing(hook == 'log') +
    runPlugins('request') +
    runPlugins(hook, about) +
    (t.appended_ ? '&' + t.appended_ : '');
  rememberVisitor();
  return t.CustomRequestProcessing ? callPage(t.CustomRequestProcessing, request) : request;
};

/** Build and send, once a page that was loaded in advance is really shown. */
export const track = (asked: string, given?: Any, callback?: Callback, hook?: string, about?: Any): Any => {
  const act = guard(() => send(build(asked, given, hook, about), callback));
  return doc.prerendering && !t.CountPreRendered ? listen(doc, 'prerenderingchange', act) : act();
};

export const ping = (): Any => track('ping=1', 0, undefined, 'ping');
