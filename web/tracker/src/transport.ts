// How requests reach the server: beacons and fetch; bulks; and another attempt for what failed.

import { features } from './hints';
import { callPage, guard, later, nav, parse, seconds, stringify, t, win, type Any, type Callback, type Waiting } from './tracker';

const LONG_CHARACTERS = 2000;
const BULK_SIZE = 50;
const RETRY_MS = 4000;
export const FORM = 'application/x-www-form-urlencoded; charset=UTF-8';

const bulkOf = (requests: string[]): string => '{"requests":["?' + requests.join('","?') + '"],"send_image":0}';

/** Hand a query string, or a bulk's JSON, to the browser. Beacons tell nobody whether they arrived; a retry must know. */
const dispatch = (body: string, callback?: Callback, isRetry?: boolean): Any => {
  const { TrackerUrl: url, AlwaysUseSendBeacon: isBeacon } = t;
  const isPost = body[0] == '{' || body.length > LONG_CHARACTERS || t.RequestMethod == 'POST' || isBeacon && isRetry;
  const target = isPost ? url : url + (/\?/.test(url) ? '&' : '?') + body;
  const settle = (success: Any, more?: Any): Any => {
    if (!success && !(more?.xhr?.status < 500)) keep(body);
    if (callback) callPage(callback, { request: body, trackerUrl: url, success, ...more });
  };
  if (nav.onLine === false) return settle(false);
  if ((isBeacon || t.isLeaving_) && !isRetry && nav.sendBeacon?.(target, new Blob(isPost ? [body] : [], { type: FORM }))) {
    return settle(true, { isSendBeacon: true });
  }
  const isSimple = !isPost && !isBeacon;
  fetch(isSimple ? target.replace('send_image=0', 'send_image=1') : url, {
    credentials: 'include',
    keepalive: body.length < 6e4,
    ...(isSimple ? { mode: 'no-cors' } : { method: 'POST', body, headers: { 'Content-Type': t.RequestContentType } }),
  }).then(
    guard((xhr: Response) => settle(isSimple || xhr.ok, { xhr })),
    guard(() => settle(false)),
  );
};

/** Requests that failed, of this page and earlier ones; stored only where cookies may be. */
const kept = (requests?: string[]): string[] => {
  const name = '_tm_retry.' + t.SiteId;
  if (requests) t.kept_ = requests;
  if (t.noCookies_) return t.kept_;
  if (requests) win.localStorage[name] = stringify(requests);
  return parse(win.localStorage[name]) || [];
};

/** Keep a failed request with the time at which it was made, and try again, less and less often. */
const keep = (body: string): void => {
  const requests: string[] = parse(body)?.requests || ['?' + body];
  kept([...kept(), ...requests.map((one) => one.slice(1) + (/&cdt=/.test(one) ? '' : '&cdt=' + seconds()))].slice(-BULK_SIZE));
  if (t.failures_++ < 5) later(retry, RETRY_MS * 2 ** t.failures_);
};

/** Send what was kept; the server takes a request's own time for a day. */
export const retry = (): void => {
  const requests = kept().filter((one) => +one.replace(/.*&cdt=/, '') > seconds() - 8e4);
  if (kept().length) kept([]);
  if (requests.length) dispatch(bulkOf(requests), undefined, true);
};

/** Send a request, or requests together; not before the visitor's consent and the browser's hints. */
export const send = (request: string | string[], callback?: Callback): void => {
  const waiting = t.refused_ ? t.held_ : !t.isLeaving_ && t.pending_;
  const complete = (one: string): string => one + features();
  if (!request.length || t.doNotTrack_) return;
  if (waiting) waiting.push([request, callback]);
  else dispatch(Array.isArray(request) ? bulkOf(request.map(complete)) : complete(request), callback);
};

export const sendAll = (waiting: Waiting[] = []): Any => waiting.splice(0).map((one) => send(...one));

/** Send what waited for the browser's hints. */
export const flushPending = (): void => {
  const waiting = t.pending_;
  t.pending_ = undefined;
  sendAll(waiting);
};

/** Send what waited for the next bulk; as single requests where the page is being left. */
export const flushQueue = (): void => {
  t.timer_ = clearTimeout(t.timer_);
  while (t.queue_[0]) send(t.isLeaving_ ? t.queue_.shift()! : t.queue_.splice(0, BULK_SIZE));
};

/** Add a request to the next bulk; without one, send the bulk now. */
export const queue = (request?: string): void => {
  if (request) t.queue_.push(request);
  if (!request || !t.QueueRequest || t.isLeaving_) flushQueue();
  else t.timer_ = t.timer_ || later(flushQueue, t.RequestQueueInterval);
};
