// Every command does what the command table says.

import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COMMANDS, INTERNAL } from './commands.mjs';
import { createWorld, findChromium, trackingCode } from './world.mjs';

const htmlWith = (host) => `<!doctype html><meta charset="utf-8"><title>Home</title>${trackingCode(['window._paq = undefined;'], { host }).replace(/_paq\.push.*/g, '')}
  <body><a id="pdf" href="/a.pdf">a</a><a id="foo" href="/a.foo">f</a><a id="mine" class="mine" href="/in">m</a>
  <a id="out" href="https://partner.example.com/deals/1">o</a>
  <div id="around"><div data-track-content data-content-name="Box" data-content-piece="Text"><a id="within" data-content-target href="/go">x</a></div></div>`;

const matching = (expected) =>
  expected instanceof RegExp ? { asymmetricMatch: (value) => expected.test(String(value)), toString: () => String(expected) }
  : Array.isArray(expected) ? expected.map(matching)
  : expected;

/** Whether the parameters have the values; null stands for a parameter that is not there. */
const expectParams = (params, expected) => {
  for (const [name, value] of Object.entries(expected)) expect({ [name]: params[name] ?? null }).toEqual({ [name]: matching(value) });
};

const isLike = (params, expected) => {
  try {
    expectParams(params, expected);
    return true;
  } catch {
    return false;
  }
};

/** The hits in the order in which they were sent: on their connections some overtake others. */
const inOrder = (hits, sends) => {
  const left = [...hits];
  return sends.map((sent) => left.splice(Math.max(left.findIndex(({ params }) => isLike(params, sent)), 0), 1)[0]);
};

describe.skipIf(!findChromium())('commands', () => {
  let world;
  let page;

  beforeAll(async () => {
    world = await createWorld();
    page = await world.newVisitor();
  });
  beforeEach(async () => {
    await page.goto('about:blank'); // else only the fragment would be gone to
    world.renewHost();
    world.reset();
    world.pages.set('shop.example.org', { html: htmlWith(world.host) });
    await page.context().clearCookies();
    await page.goto('https://shop.example.org/?a=1&secret=2#part', { referer: 'https://from.example.com/x' });
    await page.waitForFunction(() => window.Matomo?.initialized);
    // Optional commands are there before a row begins, so that what they return can be looked at.
    await page.evaluate(async (url) => {
      addEventListener('click', (event) => event.preventDefault());
      window.tracker = window.Matomo.addTracker(url, 7);
      window.tracker.setReferrerUrl('');
      window.tracker.getEcommerceItems();
      while (!window.tracker.getEcommerceItems()) await new Promise((resolve) => setTimeout(resolve, 20));
    }, `https://${world.host}/matomo.php`);
  });
  afterAll(() => world?.close());

  /** Run the calls on the tracker; what the last gives, and the next request's parameters. */
  const runCalls = (calls) =>
    page.evaluate((all) => {
      const { tracker } = window;
      const value = (given) =>
        given?.$ ? document.querySelector(given.$)
        : given?.$plugin ? { event: () => given.$plugin }
        : given?.$append ? (request) => request + given.$append
        : given;
      let result;
      for (const { name, args } of all) {
        if (name === 'clickOn') document.querySelector(args[0]).click();
        else if (name === 'fail') dispatchEvent(new ErrorEvent('error', { message: 'Uncaught Error: oops', filename: 'x.js', lineno: 3, colno: 4 }));
        else result = tracker[name](...args.map(value));
      }
      const isPlain = result === undefined || result === null || typeof result !== 'object' || !result.getRequest;
      const { cookie } = document;
      return { cookie, result: isPlain ? result : undefined, request: tracker.getRequest('probe=1') };
    }, calls);

  for (const [calls, { sends = [], request, returns, cookies, isBulk = false, isBody, method = 'POST', ...rest }] of COMMANDS) {
    test(calls.map(({ name, args }) => `${name}(${JSON.stringify(args).slice(1, -1)})`).join(' '), async () => {
      expect(rest).toEqual({});
      const outcome = await runCalls(calls);
      const hits = await world.waitForHits(sends.length);
      expect(hits.length).toBe(sends.length);
      inOrder(hits, sends).forEach((hit, i) => {
        expect([hit.method, !!hit.isBulk]).toEqual([method, isBulk]);
        if (isBody) expect(hit.isBody).toBe(true);
        expectParams(hit.params, sends[i]);
      });
      if (returns !== undefined) expect(outcome.result).toEqual(matching(returns));
      if (request) expectParams(Object.fromEntries(new URLSearchParams(outcome.request.replaceAll('+', '%2B'))), request);
      if (cookies) expect(outcome.cookie).toMatch(cookies);
      expect(world.errors).toEqual([]);
    });
  }
});

const SPECIFICATION = process.env.TIDEMARK_SPECIFICATION;

describe.skipIf(!SPECIFICATION || !existsSync(`${SPECIFICATION}/js-tracker-api.csv`))('the command table', () => {
  test('has every command of the specification', () => {
    const rows = readFileSync(`${SPECIFICATION}/js-tracker-api.csv`, 'utf8').split('\n');
    const names = rows.filter((line) => line.startsWith('tracker method')).map((line) => line.split(',')[1]);
    const known = new Set([...COMMANDS.flatMap(([calls]) => calls.map(({ name }) => name)), ...INTERNAL]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });
});
