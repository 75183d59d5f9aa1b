// How soon the overview stands: its largest contentful paint, seen by somebody who opens it for the first time, with archives made.
// Prints {"largest_contentful_paint_ms", "javascript_bytes"}: the median of several visits, and what one of them loads.

import { canRun, fill, startBrowser, startInstance, TOKEN } from './browser/instance.mjs';

const VISITS = 5;

if (!canRun()) {
  console.error('Chromium or the set-up of this folder is missing.');
  process.exit(1);
}
const instance = await startInstance();
const browser = await startBrowser();

async function visit() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript((token) => sessionStorage.setItem('tidemark.token', token), TOKEN);
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(instance.address);
  await page.locator('.tile .value').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.loading') && !document.querySelector('[aria-busy=true]'));
  const found = await page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => {
          const scripts = performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js'));
          resolve({ lcp: list.getEntries().at(-1).startTime, bytes: scripts.reduce((sum, one) => sum + one.encodedBodySize, 0) });
        }).observe({ type: 'largest-contentful-paint', buffered: true });
      }),
  );
  await context.close();
  return found;
}

try {
  await fill(instance);
  await visit(); // makes the archives
  const seen = [];
  for (let one = 0; one < VISITS; one++) seen.push(await visit());
  const paints = seen.map(({ lcp }) => lcp).sort((a, b) => a - b);
  console.log(JSON.stringify({ largest_contentful_paint_ms: Math.round(paints[Math.floor(VISITS / 2)]), javascript_bytes: seen[0].bytes }));
} finally {
  await browser.close();
  await instance.stop();
}
