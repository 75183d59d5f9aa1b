// Core Web Vitals as performance data: what the page felt like, sent once when the visitor turns away.

import { onCLS, onFCP, onINP, onLCP, onTTFB, type Metric } from 'web-vitals';

const page: any = window;

/** [parameter, digits kept]: milliseconds are whole, the layout shift is a ratio. */
const found: Record<string, string> = {};

const take = ({ name, value }: Metric): void => {
  found['wv_' + name.toLowerCase()] = name == 'CLS' ? value.toFixed(4) : Math.round(value) + '';
};

const send = (): void => {
  const names = Object.keys(found);
  if (document.visibilityState != 'hidden' || !names.length) return;
  const request = 'ping=1&' + names.map((name) => name + '=' + found[name]).join('&');
  names.forEach((name) => delete found[name]);
  page._paq.push(['trackRequest', request, null, undefined, 'ping']);
};

try {
  [onCLS, onFCP, onINP, onLCP, onTTFB].forEach((observe) => observe(take));
  // Behind the library's own listeners, which note the last values.
  document.addEventListener('visibilitychange', send);
} catch {
  // a page without vitals
}
