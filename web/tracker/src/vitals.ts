// Core Web Vitals as performance data: what the page felt like, sent when the visitor turns away.

import { onCLS, onFCP, onINP, onLCP, onTTFB, type Metric } from 'web-vitals';

const page: any = window;

/** [parameter, digits kept]: milliseconds are whole, the layout shift is a ratio. */
const found: Record<string, string> = {};

const take = ({ name, value }: Metric): void => {
  found['wv_' + name.toLowerCase()] = name == 'CLS' ? value.toFixed(4) : Math.round(value) + '';
};

/** A visit ends half an hour after its last action: what a page that stays open has by then is sent before. */
const LATEST_MS = 25 * 60_000;

const send = (): void => {
  const names = Object.keys(found);
  if (!names.length) return;
  const request = 'ping=1&' + names.map((name) => name + '=' + found[name]).join('&');
  names.forEach((name) => delete found[name]);
  page._paq.push(['trackRequest', request, null, undefined, 'ping']);
};

try {
  [onCLS, onFCP, onINP, onLCP, onTTFB].forEach((observe) => observe(take, { reportAllChanges: true }));
  // Behind the library's own listeners, which note the last values.
  document.addEventListener('visibilitychange', () => document.visibilityState == 'hidden' && send());
  setTimeout(send, LATEST_MS);
} catch {
  // a page without vitals
}
