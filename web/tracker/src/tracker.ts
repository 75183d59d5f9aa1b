// The tracker that is at work, and ways to call its parts that never throw into the page.
// Names that end in an underscore are internal and are shortened by the build.

// A page may hand us anything, and takes what it likes from us.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Any = any;

export const win: Any = window;
export const doc: Any = document;
export const nav: Any = navigator;
export const encode = encodeURIComponent;

/** What a request's caller is told, under Matomo's names. */
export type Callback = (sent: { request: string; trackerUrl: string; success: boolean; isSendBeacon?: boolean; xhr?: Response }) => void;

/** A request, or requests to be sent together, and who wants to know when it went. */
export type Waiting = [string | string[], Callback | undefined];

/** What one tracker knows: options under the names that their commands bear, and internals. Times in milliseconds. */
export interface Tracker {
  [option: string]: Any;
  /** The page's address as it was when the tracker came. */
  url_: string;
  /** The visitor's id: forced or taken over from a link; or made for who is new, and only sent while cookies are allowed. */
  id_?: string;
  newId_?: string;
  noCookies_?: boolean;
  /** Whether nothing may be sent: consent is missing, or was refused. */
  refused_?: boolean;
  consentRequired_?: boolean;
  /** Requests that wait for consent. */
  held_: Waiting[];
  /** Requests that wait for the browser's hints; undefined once they came. */
  pending_?: Waiting[];
  /** Requests that wait for the next bulk, and the timer that sends them. */
  queue_: string[];
  timer_?: Any;
  /** Requests that failed, each with its time, and how often in a row. */
  kept_: string[];
  failures_: number;
  /** The browser's hints. */
  hints_: Any;
  dimensions_: Record<string, string>;
  items_: Record<string, Any[]>;
  /** The product or category that is looked at. */
  view_: Record<string, Any>;
  /** Times of the page that its owner gave, in the order of the spans; how far times were sent: 1 some, 2 all. */
  timing_?: Any[];
  timed_?: number;
  pageViews_: number;
  /** A page view's id that the page has fixed. */
  fixedPageView_?: string;
  /** When the last request was sent. */
  last_: number;
  isLeaving_?: boolean;
  doNotTrack_?: boolean;
  noFragment_?: boolean;
  /** Extensions that are not downloads though a pattern says so. */
  notDownloads_: string[];
  hasLinks_?: boolean;
  appended_?: string;
}

/** The tracker that is at work: whose command, event or timer runs. */
export let t = {} as Tracker;

/** The function at work for its tracker, without its exceptions: a hit less is better than a page that breaks. */
export const guard =
  (action: Any, own = t): Any =>
  (...args: Any[]) => {
    const before = t;
    t = own;
    try {
      return action(...args);
    } catch {
      // nothing that the page could do about it
    } finally {
      t = before;
    }
  };

/** Call the page's own function; its exceptions are the page's and reach its console, but stop nothing of ours. */
export const callPage = (action: Any, ...args: Any[]): Any => {
  try {
    return action(...args);
  } catch (error) {
    win.reportError(error);
  }
};

export const listen = (target: Any, events: string, action: Any): Any =>
  events.split(' ').map((event) => target.addEventListener(event, guard(action), true));

export const later = (action: Any, delayMs?: number): Any => setTimeout(guard(action), delayMs);

/** Call when the document is parsed, or when the page is loaded. */
export const whenReady = (isLoaded: Any, action: Any): Any =>
  doc.readyState == 'complete' || (!isLoaded && doc.readyState != 'loading')
    ? action()
    : listen(win, isLoaded ? 'load' : 'DOMContentLoaded', action);

export const now = (): number => Date.now();
export const seconds = (): number => Math.round(now() / 1000);

/** Whether a value was given and is not empty; 0 and false are values. */
export const isGiven = (value: Any): boolean => value != null && value !== '' && value.length !== 0;

export const asList = (value: Any): Any[] => [value].flat();

/** What an action returns, or the other value if it throws. */
export const attempt = (action: () => Any, otherwise?: Any): Any => {
  try {
    return action();
  } catch {
    return otherwise;
  }
};

/** The decoded text, or the text itself where it is no valid encoding. */
export const decode = (text: string): string => attempt(() => decodeURIComponent(text), text);

/** The JSON's value, or undefined. */
export const parse = (text: Any): Any => attempt(() => JSON.parse(text));

export const stringify = JSON.stringify;
