// The window's side: the Matomo object, the trackers, and the queue of commands that pages push to.

import { createTracker, extend, withMore } from './commands';
import { addPlugin } from './request';
import { callPage, guard, listen, win, type Any } from './tracker';

/** The order of the queue's commands: where hits go, addTracker, those whose names say how to track, then the rest as it stands. */
const FIRST = [/^setT/, /^addT/, /^(set([ASTUV]|Ex|Cons|Coo|Cr|Dom|PageP)|enable(F|Cr|L)|disable[ABCP]|forgetCoo|requireCo|always)/, /^/];

const trackers: Any[] = [];
const handlers: Record<string, Any[]> = {};
const missed: Any[] = [];

const trigger = (event: string, args: Any[] = [], context: Any = win): Any =>
  handlers[event]?.map((handler) => callPage(() => handler.apply(context, args)));

const create = (url?: string, site?: Any): Any => {
  const tracker = createTracker(url, site);
  tracker.addTracker = guard((otherUrl: Any, otherSite: Any) => otherSite && add(otherUrl || tracker.getTrackerUrl(), otherSite));
  trigger('TrackerSetup', [tracker]);
  return tracker;
};

const add = (url?: string, site?: Any): Any => {
  const tracker = create(url, site);
  trackers.push(tracker);
  trigger('TrackerAdded', [tracker]);
  return tracker;
};

const firstTracker = (): Any => trackers[0] || add();

/** Run one entry of the queue: [command, ...arguments], [function, ...arguments] or a function. */
const apply = (entry: Any): Any => {
  const [command, ...args] = entry.call ? [entry] : entry;
  firstTracker();
  const [owner, method] = command.call ? [] : command.split(/::|\./);
  for (const tracker of /::/.test(command) && method ? [Matomo] : [...trackers]) {
    const target = method ? tracker[owner] : tracker;
    const found = command.call ? command : target?.[method || owner];
    if (found) callPage(() => found.apply(target, args));
    else if (method) missed.push(entry);
    else console.warn('Tidemark: no ' + command);
    // The other trackers were given theirs when they were added.
    if (/^(setTrackerUrl|setSiteId|addTracker)$/.test(command)) break;
  }
};

const push = (...entries: Any[]): Any => entries.map(guard(apply));

const Matomo: Any = {
  JSON,
  getTracker: guard(create),
  addTracker: guard(add),
  getAsyncTrackers: () => trackers,
  getAsyncTracker: (url?: string, site?: Any) =>
    url ? trackers.find((one) => one.getTrackerUrl() == url && one.getSiteId() == site) : firstTracker(),
  addPlugin,
  extend,
  on: (event: string, handler: Any) => (handlers[event] = handlers[event] || []).push(handler),
  off: (event: string, handler: Any) => (handlers[event] = handlers[event]?.filter((one) => one != handler)),
  trigger,
  retryMissedPluginCalls: () => missed.splice(0).map(guard(apply)),
};

if (!win.Matomo?.initialized) {
  guard(() => {
    let waiting: Any[] = win._paq || [];
    win.Matomo = win.Piwik = win.AnalyticsTracker = Object.assign(Matomo, win.Matomo);
    ['PluginAsyncInit', 'AsyncInit'].map((name) =>
      [win['matomo' + name], win['piwik' + name]].flat().map((action) => action && callPage(action)),
    );
    win._paq = { push };
    FIRST.map((pattern) => {
      waiting = waiting.filter((entry) => !pattern.test(entry?.[0]) || void push(entry));
    });
    // A form in a frame of the server may ask whether the visitor is tracked, and say what the visitor wants.
    listen(win, 'message', (event: Any) => /maq_/.test(event.data) && withMore(() => Matomo.answer(event)));
    Matomo.initialized = true;
    trigger('MatomoInitialized');
  })();
}
