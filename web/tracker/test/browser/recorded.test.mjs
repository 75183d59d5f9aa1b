// The same visits as the real script's recorded ones: every hit has the same parameters with the same values.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FURTHER, NOT_PLAYED } from './further_scenarios.mjs';
import { SHOP, TITLES, VIEW, VISITS } from './scenarios.mjs';
import { createWorld, findChromium, trackingCode } from './world.mjs';

const RECORDED = JSON.parse(readFileSync(new URL('./recorded.json', import.meta.url), 'utf8'));
const DOCUMENT = readFileSync(new URL('../../../../docs/javascript-tracker.md', import.meta.url), 'utf8');

/** What differs from run to run. */
const VOLATILE = /^(r|h|m|s|res|pf_\w+|uadata)$/;

const comparable = ({ method, isBulk, isBody, params }, matches = (all) => all) => {
  const kept = Object.entries(params).filter(([name]) => !VOLATILE.test(name));
  const stable = kept.map(([name, value]) => [
    name,
    /^(_id|pv_id)$/.test(name) ? (value ? 'set' : '') : name === '_refts' ? (value === '0' ? '0' : 'set') : value,
  ]);
  return { method, isBulk: !!isBulk, isBody: !isBulk && !!isBody, params: matches(Object.fromEntries(stable)) };
};

const sorted = (hits) => hits.map((hit) => JSON.stringify({ ...hit, params: Object.entries(hit.params).sort() }, null, 1)).sort();

const absolute = (url) => (url.startsWith('http') ? url : SHOP + url);

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

describe.skipIf(!findChromium())('recorded visits', () => {
  let world;
  let page;

  beforeAll(async () => {
    world = await createWorld();
  });
  beforeEach(() => world.reset());
  afterAll(() => world?.close());

  const show = ({ head = VIEW, body = '', title, referrerPolicy = 'unsafe-url' }, url) => {
    const { hostname, pathname } = new URL(url);
    const name = title ?? TITLES[pathname] ?? 'Page not found';
    const html = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="${referrerPolicy}"><title>${escaped(name)}</title>${trackingCode(head, { host: world.host })}<body>${body}`;
    world.pages.set(hostname, { html });
  };

  const play = async (step) => {
    if (step.open) {
      show(step, absolute(step.open));
      await page.goto(absolute(step.open), { referer: step.referer && absolute(step.referer) });
      await page.waitForFunction(() => window.Matomo?.initialized);
    } else if (step.paq) {
      await page.evaluate((entries) => entries.forEach((entry) => window._paq.push(entry)), step.paq);
    } else if (step.click && step.follows) {
      const href = await page.getAttribute(step.click, 'href');
      show(step, absolute(href));
      await page.click(step.click);
      await page.waitForURL((url) => url.href.startsWith(absolute(href)));
      await page.waitForFunction(() => window.Matomo?.initialized);
    } else if (step.click) {
      await page.evaluate(() => addEventListener('click', (event) => event.preventDefault(), { once: true }));
      await page.click(step.click, { button: step.button });
    } else if (step.fails) {
      const [message, lineno, colno] = step.fails;
      await page.evaluate((about) => dispatchEvent(new ErrorEvent('error', about)), { message, lineno, colno, filename: '' });
    } else {
      await world.waitForHits(step.wait);
    }
  };

  for (const [visit, { steps, skips = 0, differs, adapt = (hits) => hits, matches }] of Object.entries({ ...VISITS, ...FURTHER })) {
    test(`${visit} sends what the real script sent`, async () => {
      const expected = adapt(RECORDED[visit]).map((hit) => comparable(hit, matches));
      page = await world.newVisitor();
      for (const step of steps) await play(step);
      const hits = (await world.waitForHits(skips + expected.length)).slice(skips);
      expect(sorted(hits.map((hit) => comparable(hit, matches)))).toEqual(sorted(expected));
      expect(world.errors).toEqual([]);
      if (differs) expect(DOCUMENT.replace(/\s+/g, ' ')).toContain(differs);
      await page.context().close();
    });
  }

  test('are all played, or it is said why not', () => {
    expect(Object.keys({ ...VISITS, ...FURTHER, ...NOT_PLAYED }).sort()).toEqual(Object.keys(RECORDED).sort());
    for (const [visit, reason] of Object.entries(NOT_PLAYED)) expect(DOCUMENT.replace(/\s+/g, ' ')).toContain(`\`${visit}\`: ${reason}`);
  });
});
