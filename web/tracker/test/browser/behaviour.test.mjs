// What a table cannot say: unloading, failing networks and servers, several trackers, plug-ins, a hostile page.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { VIEW } from './scenarios.mjs';
import { createWorld, findChromium, trackingCode } from './world.mjs';

const HOME = 'https://shop.example.org/';

describe.skipIf(!findChromium())('the tracker in a page', () => {
  let world;
  let page;

  beforeAll(async () => {
    world = await createWorld();
  });
  beforeEach(async () => {
    world.reset();
    page = await world.newVisitor();
    return () => page.context().close();
  });
  afterAll(() => world?.close());

  const visit = async (queue = VIEW, { body = '', url = HOME, ...options } = {}) => {
    const html = `<!doctype html><meta charset="utf-8"><title>Home</title>${trackingCode(queue, { host: world.host, ...options })}<body>${body}`;
    world.pages.set(new URL(url).hostname, { html });
    await page.goto(url);
    await page.waitForFunction(() => window.Matomo?.initialized || window._paq?.push?.name !== 'push' || !Array.isArray(window._paq));
  };
  const paq = (...entries) => page.evaluate((all) => all.forEach((entry) => window._paq.push(entry)), entries);
  const kinds = () => world.hits.map(({ params }) => params.action_name ?? params.e_c ?? params.link ?? (params.ping && 'ping'));

  /** What the page had still to do now is done. */
  const nextTurn = () => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));

  test('names cookies as Matomo does and lets them live as long', async () => {
    await visit();
    await world.waitForHits(1);
    const cookies = Object.fromEntries((await page.context().cookies()).map((one) => [one.name, one]));
    const days = (one) => Math.round((one.expires - Date.now() / 1000) / 86400);
    expect(Object.keys(cookies).sort()).toEqual(['_pk_id.1.dacb', '_pk_ses.1.dacb']);
    expect(cookies['_pk_id.1.dacb'].value).toMatch(/^[\da-f]{16}\.\d{10}\.$/);
    expect([days(cookies['_pk_id.1.dacb']), cookies['_pk_id.1.dacb'].sameSite]).toEqual([393, 'Lax']);
    expect(Math.round((cookies['_pk_ses.1.dacb'].expires - Date.now() / 1000) / 60)).toBe(30);
  });

  test('knows a visitor whom the real script knew', async () => {
    await page.context().addCookies([{ name: '_pk_id.1.dacb', value: '0123456789abcdef.1790000000.', domain: 'shop.example.org', path: '/' }]);
    await visit();
    const [{ params }] = await world.waitForHits(1);
    expect([params._id, params._idn]).toEqual(['0123456789abcdef', '0']);
  });

  test('sends what waits when the page is left', async () => {
    await visit();
    await world.waitForHits(1);
    await paq(['queueRequest', 'e_c=waits&ca=1']);
    await page.goto('about:blank');
    await world.waitForHits(2);
    expect(kinds()).toEqual(['Home', 'waits']);
  });

  test('sends a hit again that the server could not take, once and with its own time', async () => {
    let failures = 1;
    world.answer = (url) => (url.pathname === '/matomo.php' && failures-- > 0 ? 503 : 204);
    await visit([['disableAlwaysUseSendBeacon'], ['setRequestMethod', 'POST'], ...VIEW]);
    const hits = await world.waitForHits(1);
    expect(world.requests).toBe(2);
    expect(hits.map(({ params, isBulk }) => [params.action_name, /^\d{10}$/.test(params.cdt), isBulk])).toEqual([['Home', true, true]]);
  });

  test('does not repeat what the server refuses', async () => {
    world.answer = () => 400;
    await visit([['disableAlwaysUseSendBeacon'], ['setRequestMethod', 'POST'], ...VIEW]);
    await expect.poll(() => world.requests).toBe(1);
    await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('/matomo.php') && responseEnd));
    await nextTurn();
    expect([world.requests, await page.evaluate(() => Object.keys(localStorage))]).toEqual([1, []]);
  });

  test('keeps hits while the browser is offline, over a page and more', async () => {
    await visit();
    await world.waitForHits(1);
    await page.context().setOffline(true);
    await paq(['trackEvent', 'offline', 'click']);
    expect(await page.evaluate(() => localStorage['_tm_retry.1'])).toContain('e_c=offline');
    await page.context().setOffline(false);
    await world.waitForHits(2);
    expect(kinds()).toEqual(['Home', 'offline']);
    expect(world.hits[1].params.cdt).toMatch(/^\d{10}$/);
  });

  test('stores nothing without cookies', async () => {
    await visit([['disableCookies'], ...VIEW]);
    await world.waitForHits(1);
    await page.context().setOffline(true);
    await paq(['trackEvent', 'offline', 'click']);
    expect(await page.evaluate(() => [Object.keys(localStorage), document.cookie])).toEqual([[], '']);
  });

  test('pings when a page was looked at long enough and is left', async () => {
    await page.clock.install({ time: new Date() });
    await visit([['enableHeartBeatTimer', 5], ...VIEW]);
    await world.waitForHits(1);
    await page.waitForFunction(() => window.Matomo.answer);
    await page.clock.fastForward(4000);
    await page.evaluate(() => dispatchEvent(new Event('blur')));
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await page.clock.fastForward(6000);
    await page.evaluate(() => dispatchEvent(new Event('blur')));
    await world.waitForHits(2);
    expect(kinds()).toEqual(['Home', 'ping']);
  });

  test('sends every hit of every tracker', async () => {
    await visit([['addTracker', `https://${world.host}/matomo.php`, '2'], ...VIEW, ['trackEvent', 'both', 'x']]);
    await world.waitForHits(4);
    expect(world.hits.map(({ params }) => `${params.idsite} ${params.action_name ?? params.e_c}`).sort()).toEqual(['1 Home', '1 both', '2 Home', '2 both']);
    expect(new Set(world.hits.map(({ params }) => params._id)).size).toBe(2);
  });

  test('calls plug-ins and tells of its start', async () => {
    const plugin = `window.matomoPluginAsyncInit = [function () {
      Matomo.addPlugin('Own', { log: function () { return '&own=log'; }, unload: function () { window.name = 'unloaded'; } });
      Matomo.on('TrackerSetup', function (tracker) { window.setup = tracker.getSiteId() === ''; });
      Matomo.on('MatomoInitialized', function () { window.started = true; });
      Matomo.Own = { call: function (value) { window.called = value; } };
    }];`;
    await visit([plugin, ['Own::call', 7], ['Late::call', 8], ...VIEW]);
    const [{ params }] = await world.waitForHits(1);
    expect(params.own).toBe('log');
    expect(await page.evaluate(() => [window.setup, window.started, window.called])).toEqual([true, true, 7]);
    await page.evaluate(() => {
      window.Matomo.Late = { call: (value) => { window.late = value; } };
      window.Matomo.retryMissedPluginCalls();
    });
    expect(await page.evaluate(() => window.late)).toBe(8);
  });

  test('runs functions of the queue with the tracker', async () => {
    await visit([`_paq.push([function (more) { window.seen = this.getVisitorId() + more; }, '!']);`, ...VIEW]);
    expect(await page.evaluate(() => window.seen)).toMatch(/^[\da-f]{16}!$/);
  });

  test('never throws into the page, whatever it is given', async () => {
    const nonsense = [null, undefined, 0, '', {}, [], Number.NaN];
    await visit();
    await world.waitForHits(1);
    await page.evaluate((values) => {
      const tracker = window.Matomo.getAsyncTracker();
      for (const name of Object.keys(tracker)) {
        if (/^(killFrame|redirectFile)$/.test(name)) continue;
        for (const value of [...values, () => { throw new Error('the page'); }, Symbol('odd')]) tracker[name](value, value, value);
      }
      window._paq.push(undefined, 5, ['noSuchCommand'], [], [{}], 'text');
    }, nonsense);
    await page.mouse.click(5, 5);
    await nextTurn();
    expect(world.errors.filter((error) => error.message !== 'the page')).toEqual([]);
  });

  test("lets the page's own errors be seen", async () => {
    await visit([`_paq.push([function () { throw new Error('of the page'); }]);`, ...VIEW]);
    await world.waitForHits(1);
    expect(kinds()).toEqual(['Home']);
    expect(world.errors.map(({ message }) => message)).toEqual(['of the page']);
  });

  test('goes on where storage and beacons are refused', async () => {
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', { get: () => { throw new Error('refused'); } });
      Navigator.prototype.sendBeacon = () => false;
    });
    await visit();
    await world.waitForHits(1);
    expect(kinds()).toEqual(['Home']);
    expect(world.errors).toEqual([]);
  });

  test('goes on where the optional commands cannot be fetched', async () => {
    await page.route(`https://${world.host}/tidemark-more.js`, (route) => route.abort());
    await visit([['setCustomVariable', 1, 'a', 'b'], ...VIEW]);
    await world.waitForHits(1);
    expect(kinds()).toEqual(['Home']);
  });

  test('tells an opt-out form of the server whether the visitor is tracked, and obeys it', async () => {
    world.pages.set(world.host, {
      html: `<!doctype html><script>
        addEventListener('message', (event) => { document.title = event.data; });
        const ask = () => document.title || (parent.postMessage(JSON.stringify({ maq_opted_in: false }), '*'), setTimeout(ask, 500));
      </script>`,
    });
    await visit(VIEW, { body: `<iframe src="https://${world.host}/opt-out"></iframe>` });
    await world.waitForHits(1);
    const frame = page.frames()[1];
    await frame.evaluate(() => void ask());
    await page.waitForFunction(() => document.cookie.includes('mtm_consent_removed'));
    await paq(['trackEvent', 'no', 'more']);
    await frame.waitForFunction(() => document.title.includes('maq_confirm_opted_in'));
    expect(kinds()).toEqual(['Home']);
    expect(JSON.parse(await frame.title())).toMatchObject({ maq_confirm_opted_in: false, maq_url: `https://${world.host}/` });
  });

  test('does not listen to frames of others', async () => {
    await visit();
    await world.waitForHits(1);
    await page.evaluate(
      () =>
        new Promise((heard) => {
          addEventListener('message', heard); // the tracker's listener was there before
          postMessage(JSON.stringify({ maq_opted_in: false }), '*');
        }).then(() => undefined),
    );
    await nextTurn();
    expect(await page.evaluate(() => document.cookie)).not.toContain('mtm_consent_removed');
  });

  test('sends web vitals once the page is turned away from', async () => {
    await visit([...VIEW, ['enableWebVitals']], { body: '<h1>Large</h1>' });
    await world.waitForHits(1);
    await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('vitals') && responseEnd));
    await page.evaluate(() => new Promise((painted) => new PerformanceObserver(painted).observe({ type: 'largest-contentful-paint', buffered: true })));
    await page.mouse.click(20, 20);
    await page.goto('about:blank');
    await world.waitForHits(2);
    const { params } = world.hits.find((hit) => hit.params.ping);
    expect(params.wv_ttfb).toMatch(/^\d+$/);
    expect(params.wv_lcp).toMatch(/^\d+$/);
    expect(params.wv_cls).toMatch(/^0\.\d{4}$/);
    expect(params.pv_id).toBe(world.hits[0].params.pv_id);
  });

  test('sends web vitals of a page that stays open before its visit ends', async () => {
    await page.addInitScript(() => {
      const own = window.setTimeout;
      window.setTimeout = (act, ms, ...rest) => (ms === 25 * 60_000 ? (window.late = act) : own(act, ms, ...rest));
    });
    await visit([...VIEW, ['enableWebVitals']], { body: '<h1>Large</h1>' });
    await world.waitForHits(1);
    await page.waitForFunction(() => window.late && performance.timing.loadEventEnd);
    await page.evaluate(() => new Promise((painted) => new PerformanceObserver(painted).observe({ type: 'largest-contentful-paint', buffered: true })));
    await nextTurn();
    expect(world.hits.filter((hit) => hit.params.ping)).toEqual([]);
    await page.evaluate(() => window.late());
    await world.waitForHits(2);
    const { params } = world.hits.find((hit) => hit.params.ping);
    expect(Object.keys(params).filter((name) => name.startsWith('wv_')).length).toBeGreaterThan(0);
    expect(params.pv_id).toBe(world.hits[0].params.pv_id);
  });

  test('does nothing a second time when it is loaded twice', async () => {
    await visit(VIEW, { body: `<script src="https://${world.host}/piwik.js"></script>` });
    await world.waitForHits(1);
    expect(kinds()).toEqual(['Home']);
  });

  test('is small and useful as tidemark-lite.js', async () => {
    await visit([...VIEW, ['setCustomDimension', 1, 'x'], ['trackEvent', 'c', 'a', 'n', 0], ['trackGoal', 2]], {
      script: 'tidemark-lite.js',
      body: '<a id="out" href="https://partner.example.com/">o</a><a id="pdf" href="/a.pdf">p</a>',
    });
    await world.waitForHits(3);
    await page.evaluate(() => addEventListener('click', (event) => event.preventDefault()));
    await page.click('#out');
    await page.click('#pdf');
    await world.waitForHits(5);
    const told = world.hits.map(({ params }) => params.action_name ?? params.e_c ?? params.idgoal ?? params.link ?? params.download);
    // On their connections some overtake others.
    expect(told.sort()).toEqual(['2', 'Home', 'c', 'https://partner.example.com/', 'https://shop.example.org/a.pdf']);
    expect(world.hits.find(({ params }) => params.e_c === 'c').params).toMatchObject({ idsite: '1', rec: '1', e_v: '0', dimension1: 'x', url: HOME, ca: '1' });
    expect(await page.evaluate(() => document.cookie)).toBe('');
  });
});
