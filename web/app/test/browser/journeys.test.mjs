// What people do with the dashboard, in real Chromium against a real instance.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canRun, fill, HOSTILE, startBrowser, startInstance, USER } from './instance.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SERIOUS = ['serious', 'critical'];

describe.skipIf(!canRun())('the dashboard', () => {
  let instance;
  let browser;
  let context;
  let page;
  const problems = [];

  const watch = (one) => {
    one.setDefaultTimeout(45_000);
    one.on('pageerror', (error) => problems.push(error.message));
    one.on('console', (message) => message.type() === 'error' && !/status of 401|status of 400/.test(message.text()) && problems.push(message.text()));
    one.on('dialog', (dialog) => problems.push(`dialog ${dialog.message()}`) && dialog.dismiss());
    return one;
  };
  const go = async (path, on = page) => {
    await on.goto(`${instance.address}/#${path}`);
    await settled(on);
  };
  /** Everything that the page asked for has come. */
  const settled = async (on = page) => {
    await on.waitForSelector('main');
    await on.waitForFunction(() => !document.querySelector('.loading') && !document.querySelector('[aria-busy=true]'));
  };
  const rowOf = (label) => page.locator('tbody tr', { has: page.getByText(label, { exact: true }) });
  const isWide = (on) => on.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  beforeAll(async () => {
    instance = await startInstance();
    await fill(instance);
    browser = await startBrowser();
    context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, acceptDownloads: true });
    page = watch(await context.newPage());
  });
  afterAll(async () => {
    await browser?.close();
    await instance?.stop();
  });

  test('lets a person sign in, and says when the password is wrong', async () => {
    const response = await page.goto(instance.address);
    expect(response.headers()['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'/);
    await page.fill('[name=username]', USER.login);
    await page.fill('[name=password]', 'wrong');
    await page.click('button.primary');
    await page.getByRole('alert').waitFor();
    await page.fill('[name=password]', USER.password);
    await page.click('button.primary');
    await settled();
    await page.waitForFunction(() => document.title === 'Overview · Shoe shop · Tidemark');
    await page.locator('.tile', { hasText: 'Visits' }).first().getByText('12', { exact: true }).waitFor();
  });

  test('loads little to show the overview', async () => {
    const fresh = watch(await context.newPage());
    await go('/overview', fresh);
    const scripts = await fresh.evaluate(() => performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js')).map((one) => [one.name, one.encodedBodySize]));
    expect(scripts.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(250_000);
    expect(scripts.every(([name]) => name.startsWith(instance.address))).toBe(true);
    await fresh.close();
  });

  test("shows yesterday's pages as a tree, sorted, searched and flat", async () => {
    await page.getByRole('button', { name: 'Actions', exact: true }).click();
    await page.getByRole('link', { name: 'Pages', exact: true }).click();
    await page.getByRole('button', { name: 'Rows below shoes' }).click();
    await rowOf('/runner').waitFor();
    expect(await rowOf('/runner').locator('td').first().innerText()).toMatch(/^8/);
    await page.getByRole('button', { name: 'Flat', exact: true }).click();
    await rowOf('/shoes/sandal').waitFor();
    await page.getByRole('searchbox', { name: 'Search' }).fill('runner');
    await rowOf('/shoes/sandal').waitFor({ state: 'detached' });
    await rowOf('/shoes/runner').getByRole('button', { name: /More about/ }).click();
    await page.getByRole('menuitem', { name: 'Over time' }).click();
    await page.getByRole('dialog').locator('canvas').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  test('exports a report as CSV', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: /^Export or share/ }).click();
    await page.getByRole('menuitem', { name: 'CSV' }).click();
    const content = readFileSync(await (await download).path(), 'utf16le');
    expect(content).toContain('/shoes/runner');
  });

  test('compares two months', async () => {
    await go('/overview?period=month&date=today');
    await page.getByRole('button', { name: 'Period before' }).click();
    await page.locator('.picker .trigger').first().click();
    await page.getByRole('button', { name: 'The period before' }).click();
    await page.keyboard.press('Escape');
    await page.getByText(/\(compared\)/).first().waitFor();
    const tile = page.locator('.tile', { hasText: 'Visits' }).first();
    await tile.getByText('12', { exact: true }).waitFor();
    await tile.getByText('+100%').waitFor();
  });

  test('builds a segment from suggested values', async () => {
    await go('/overview?period=day&date=yesterday&compare=');
    await page.getByRole('button', { name: 'All visits' }).click();
    await page.getByRole('button', { name: 'New segment' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Dimension').selectOption('browserCode');
    await dialog.getByRole('button', { name: 'FF', exact: true }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('Firefox');
    await dialog.getByRole('button', { name: 'Save and apply' }).click();
    await page.getByRole('button', { name: 'Firefox', exact: true }).waitFor();
    await page.locator('.tile', { hasText: 'Visits' }).first().getByText('4', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show all visits' }).click();
  });

  test('shows a visit of the present by itself', async () => {
    await go('/realtime');
    await page.getByText('Nobody in the last 30 minutes').waitFor();
    await instance.send([{ url: 'https://shop.example.org/now', action_name: 'Here I am', cid: 'b000000000000001' }]);
    await page.getByText('Here I am').waitFor();
    await page.locator('[data-counter=visits]', { hasText: '1' }).waitFor();
    await page.getByRole('button', { name: 'Visitor profile' }).click();
    await page.getByRole('dialog').getByText('Here I am').waitFor();
    await page.keyboard.press('Escape');
  });

  test('makes a goal and sees it convert', async () => {
    await go('/admin/goals');
    await page.getByRole('button', { name: 'Add a goal' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Thanked');
    await dialog.getByLabel('Text', { exact: true }).fill('/thanks');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Thanked', { exact: true }).waitFor();
    await instance.send([{ url: 'https://shop.example.org/thanks', action_name: 'Thanks', cid: 'b000000000000002' }]);
    await go('/overview?period=day&date=today');
    await page.locator('.tile', { hasText: 'Conversions' }).first().getByText('1', { exact: true }).waitFor();
  });

  test('invites a user, who chooses a password', async () => {
    await go('/admin/users');
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Login').fill('ben');
    await dialog.getByLabel('E-mail').fill('ben@example.org');
    await dialog.getByRole('button', { name: 'Invite somebody' }).click();
    const link = await dialog.locator('[data-invite]').innerText();
    const other = await browser.newContext({ locale: 'de-DE' });
    const guest = watch(await other.newPage());
    await guest.goto(`${instance.address}/${new URL(link).hash}`);
    await guest.fill('[name=password]', 'low-water-at-seven-1');
    await guest.fill('[name=again]', 'low-water-at-seven-1');
    await guest.click('button.primary');
    await guest.getByRole('link', { name: 'Überblick', exact: true }).first().waitFor();
    await other.close();
  });

  test('does not let a hostile visit do harm', async () => {
    await instance.send([
      { url: HOSTILE.url, action_name: HOSTILE.title, urlref: HOSTILE.referrer, cid: 'b000000000000003' },
      { url: HOSTILE.url, e_c: HOSTILE.title, e_a: '"><b>', e_n: HOSTILE.title, cid: 'b000000000000003' },
      { url: HOSTILE.url, search: HOSTILE.title, cid: 'b000000000000003' },
    ]);
    const scope = 'period=day&date=today';
    for (const path of ['visits', 'realtime', 'report/General_Actions/Page%20titles', 'report/General_Actions/Pages', 'report/General_Actions/Events', 'report/General_Actions/Site%20Search', 'transitions']) {
      await go(`/${path}?${scope}`);
      expect([path, await isWide(page)]).toEqual([path, 0]);
    }
    await go(`/report/General_Actions/Page%20titles?${scope}`);
    await page.getByText('<img src=x').first().waitFor();
    expect(await page.evaluate(() => window.hacked)).toBeUndefined();
  });

  test('keeps a table of 10,000 rows usable', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({ label: `/page/${index}`, nb_hits: 20_000 - index, nb_visits: 10_000 - index }));
    const isTable = (request) => request.postData()?.includes('getProcessedReport');
    await page.route('**/index.php', async (route) => {
      if (!isTable(route.request())) return route.fallback();
      return route.fulfill({ json: { columns: { label: 'Page', nb_hits: 'Pageviews', nb_visits: 'Visits' }, reportData: rows, reportMetadata: [], reportTotal: {}, metadata: {} } });
    });
    await go('/report/General_Actions/Pages?limit=10000&widget=widgetActionsgetPageUrls');
    await page.getByText('/page/0', { exact: true }).waitFor();
    await page.waitForFunction(() => document.querySelector('.tall'));
    expect(await page.locator('tbody tr').count()).toBeLessThan(120);
    await page.locator('.tall').evaluate((one) => one.scrollTo(0, one.scrollHeight));
    await page.getByText('/page/9999', { exact: true }).waitFor();
    await page.unroute('**/index.php');
  });

  test.each(['light', 'dark'])('is accessible when %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    for (const path of ['overview', 'report/General_Actions/Pages', 'visits', 'realtime', 'transitions', 'sites', 'admin/sites', 'admin/users', 'admin/goals']) {
      await go(`/${path}?period=day&date=yesterday`);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
      const found = violations.filter((one) => SERIOUS.includes(one.impact)).map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ''}`).slice(0, 3)}`);
      expect([path, found]).toEqual([path, []]);
    }
    await page.emulateMedia({ colorScheme: null });
  });

  test('fits a phone, and is worked by the keyboard', async () => {
    const phone = watch(await context.newPage());
    await phone.setViewportSize({ width: 390, height: 844 });
    for (const path of ['overview', 'report/General_Actions/Pages', 'visits', 'admin/sites']) {
      await go(`/${path}?period=day&date=yesterday`, phone);
      expect([path, await isWide(phone)]).toEqual([path, 0]);
    }
    await phone.getByRole('button', { name: 'Open navigation' }).focus();
    await phone.keyboard.press('Enter');
    await phone.getByRole('link', { name: 'Real time' }).click();
    await phone.getByRole('heading', { name: 'Real time' }).waitFor();
    await phone.close();
  });

  test('had no error in all of this', () => {
    expect(problems).toEqual([]);
  });
});
