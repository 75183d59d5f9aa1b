// A small web for one Chromium: every host is this server. stats.example.org has the tracker and takes hits; all other
// hosts have the pages that a test puts there.

import { existsSync } from 'node:fs';
import { createServer } from 'node:https';
import { chromium } from 'playwright-core';
import selfsigned from 'selfsigned';
import { SCRIPTS, compile } from '../../build.mjs';

export const TRACKER_HOST = 'stats.example.org';

/** Each visitor has a tracker's host of their own, too: what a page still sends when its test is over can be told apart. */
const TRACKER = /^stats\d*\.example\.org$/;

const CANDIDATES = [process.env.TIDEMARK_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** The browser's path; undefined where there is none. */
export const findChromium = () => {
  const own = () => {
    try {
      return chromium.executablePath();
    } catch {
      return undefined;
    }
  };
  return [...CANDIDATES, own()].find((path) => path && existsSync(path));
};

/** The page's tracking code: the queue, then the script. */
export const trackingCode = (queue, { site = '1', script = 'matomo.js', host = TRACKER_HOST } = {}) => `<script>
  var _paq = window._paq = window._paq || [];
  ${queue.map((entry) => (typeof entry === 'string' ? entry : `_paq.push(${JSON.stringify(entry)});`)).join('\n  ')}
  _paq.push(['setTrackerUrl', 'https://${host}/matomo.php']);
  _paq.push(['setSiteId', '${site}']);
</script><script async src="https://${host}/${script}"></script>`;

const pairs = (query) => Object.fromEntries([...new URLSearchParams(query.replaceAll('+', '%2B'))]);

/** The hits of a request: [{params, method, isBulk, ...}]. */
const hitsOf = (request, url, body) => {
  const common = { method: request.method, headers: request.headers, at: Date.now() };
  if (body.startsWith('{')) return JSON.parse(body).requests.map((one) => ({ ...common, isBulk: true, params: pairs(one.slice(1)) }));
  return [{ ...common, isBody: body !== '', params: pairs(url.search.slice(1) || body) }];
};

export const createWorld = async () => {
  const scripts = Object.fromEntries(await Promise.all(SCRIPTS.map(async ([name, source]) => [`/${name}`, await compile(source)])));
  scripts['/matomo.js'] = scripts['/piwik.js'] = scripts['/tidemark.js'];
  const world = { visit: 0, hits: [], requests: 0, pages: new Map(), answer: () => 204, errors: [] };
  const answer = (request, response, body) => {
    const url = new URL(request.url, `https://${request.headers.host}`);
    const origin = request.headers.origin;
    const cors = origin ? { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', 'Access-Control-Allow-Headers': 'content-type' } : {};
    if (TRACKER.test(url.hostname) && scripts[url.pathname]) {
      response.writeHead(200, { 'Content-Type': 'application/javascript; charset=utf-8' }).end(scripts[url.pathname]);
    } else if (TRACKER.test(url.hostname) && url.pathname === '/matomo.php' && request.method !== 'OPTIONS') {
      const isOfThisTest = [TRACKER_HOST, world.host].includes(url.hostname); // not a late one of the test before
      world.requests += isOfThisTest ? 1 : 0;
      const status = world.answer(url, body);
      if (status < 400 && isOfThisTest) world.hits.push(...hitsOf(request, url, body));
      response.writeHead(status, cors).end();
    } else if (request.method === 'OPTIONS') {
      response.writeHead(204, cors).end();
    } else {
      const page = world.pages.get(url.hostname + url.pathname) ?? world.pages.get(url.hostname) ?? { status: 404, html: '' };
      response.writeHead(page.status ?? 200, { 'Content-Type': page.type ?? 'text/html; charset=utf-8' }).end(page.html ?? '');
    }
  };
  const names = ['example.org', 'example.net', 'example.com'].flatMap((name) => [name, `*.${name}`]);
  const { private: key, cert } = await selfsigned.generate([{ name: 'commonName', value: 'example.org' }], {
    extensions: [{ name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) }],
  });
  const server = createServer({ key, cert }, (request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => answer(request, response, Buffer.concat(parts).toString()));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', `--host-resolver-rules=MAP * 127.0.0.1:${server.address().port}`, '--ignore-certificate-errors'],
  });
  /** From now on the tracker has another host: what pages of before still send is not counted. */
  const renewHost = () => {
    world.visit += 1;
    world.host = `stats${world.visit}.example.org`;
  };
  const newVisitor = async (options = {}) => {
    renewHost();
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.on('pageerror', (error) => world.errors.push(error));
    return page;
  };
  const reset = () => {
    world.hits.length = world.errors.length = world.requests = 0;
    world.pages.clear();
    world.answer = () => 204;
  };
  /** The hits once there are as many and, shortly after, no more. */
  const hits = async (count, timeoutMs = 20_000) => {
    const until = Date.now() + timeoutMs;
    while (world.hits.length < count && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 25));
    await new Promise((resolve) => setTimeout(resolve, 150));
    return world.hits;
  };
  const close = async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  };
  return Object.assign(world, { newVisitor, renewHost, reset, waitForHits: hits, close, browser });
};
