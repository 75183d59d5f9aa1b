// What the browser says of itself: times of the page, screen, plug-ins, client hints.

import { encode, later, nav, stringify, t, win, type Any } from './tracker';

/** Matomo's six spans of a page's loading: [parameter, mark at the span's end, mark at its start]. */
const SPANS =
  'net connectEnd fetchStart,srv responseStart requestStart,tfr responseEnd responseStart,' +
  'dm1 domInteractive responseEnd,dm2 domComplete domInteractive,onl loadEventEnd loadEventStart';

/** The times that go with a request: what there is with the first page view, and all of it once the page has loaded. */
export const timing = (isPageView: boolean): string => {
  const marks: Any = performance.getEntriesByType('navigation')[0] || {};
  const given = t.timing_;
  const isWhole = given || marks.loadEventEnd;
  if (!t.PerformanceTracking || t.timed_! > 1 || t.pageViews_ > 1 || (!isWhole && (t.timed_ || !isPageView))) return '';
  t.timed_ = isWhole ? 2 : 1;
  return SPANS.split(',').map((span, i) => {
    const [name, end, start] = span.split(' ');
    const time = given ? given[i] : marks[end] && Math.round(marks[end] - marks[start]);
    return time >= 0 ? '&pf_' + name + '=' + time : '';
  }).join('');
};

/** The parameters that tell browsers and devices apart. Browsers of today have no plug-in but for PDF. */
export const features = (): string =>
  '&uadata=' + encode(stringify(t.BrowserFeatureDetection ? t.hints_ : {})) +
  (t.BrowserFeatureDetection
    ? '&pdf=' + +!!nav.mimeTypes['application/pdf'] + '&qt=0&realp=0&wma=0&fla=0&java=0&ag=0&cookie=' + +nav.cookieEnabled +
      '&res=' + win.screen.width + 'x' + win.screen.height
    : '');

/** Ask the browser for its hints; requests wait until it answers, but not for long. */
export const askForHints = (flush: () => void): void => {
  const answer = nav.userAgentData?.getHighEntropyValues(['model', 'platformVersion', 'fullVersionList', 'formFactors']);
  if (!answer) return;
  t.pending_ = [];
  const own = t;
  answer.then((hints: Any) => {
    if (hints.fullVersionList) delete hints.brands;
    own.hints_ = hints;
  }).then(flush, flush);
  later(flush, 500);
};
