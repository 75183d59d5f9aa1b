// A visitor in real Chromium on a page with the standard tracking code of the instance at the given address.
// Called as: node local_run.mjs http://127.0.0.1:PORT SITE

import { chromium } from 'playwright-core';
import { findChromium } from './browser/world.mjs';

const [, , address, site] = process.argv;
const base = address.replace('127.0.0.1', 'localhost');
const page = (title, body) => `<!doctype html><meta charset="utf-8"><title>${title}</title>
<script>
  var _paq = window._paq = window._paq || [];
  _paq.push(["trackPageView"]);
  _paq.push(["enableLinkTracking"]);
  (function () {
    _paq.push(["setTrackerUrl", "${base}/matomo.php"]);
    _paq.push(["setSiteId", "${site}"]);
    var d = document, g = d.createElement("script"), s = d.getElementsByTagName("script")[0];
    g.async = true; g.src = "${base}/matomo.js"; s.parentNode.insertBefore(g, s);
  })();
</script><body>${body}`;

// The page is made up and counts as the internet's: it may not speak to this machine without being asked.
const args = ['--no-sandbox', '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests'];
const browser = await chromium.launch({ executablePath: findChromium(), args });
const context = await browser.newContext();
await context.route('http://shop.localhost/**', (route) => {
  const isProduct = route.request().url().endsWith('/product');
  const body = isProduct ? '<a id="pdf" href="/manual.pdf">Manual</a>' : '<a id="next" href="/product">Product</a>';
  return route.fulfill({ contentType: 'text/html', body: page(isProduct ? 'Product' : 'Home', body) });
});
const tab = await context.newPage();
const problems = [];
tab.on('pageerror', (error) => problems.push(error.message));
tab.on('console', (message) => message.type() === 'error' && problems.push(message.text()));

const isHit = (request) => request.url().startsWith(`${base}/matomo.php`);
const answered = () => context.waitForEvent('requestfinished', isHit);
let hit = answered();
await tab.goto('http://shop.localhost/');
await hit;
hit = answered();
await tab.click('#next');
await hit;
await tab.evaluate(() => addEventListener('click', (event) => event.preventDefault()));
for (const step of [
  () => tab.click('#pdf'),
  () => tab.evaluate(() => window._paq.push(['trackEvent', 'Video', 'play', 'Intro', 3])),
  () => tab.evaluate(() => window._paq.push(['addEcommerceItem', 'SKU', 'Shoe', 'Shoes', 10, 2], ['trackEcommerceOrder', 'A1', 20])),
  () => tab.evaluate(() => window._paq.push(['trackContentImpression', 'Banner', 'b.jpg'], ['queueRequest'])),
]) {
  hit = answered();
  await step();
  await hit;
}
await browser.close();
if (problems.length) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}
