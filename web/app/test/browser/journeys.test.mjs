// What people do with the dashboard, in real Chromium against a real instance.

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isInMenu } from '../scenes.mjs';
import { canRun, fill, HOSTILE, startBrowser, startInstance, TOKEN, USER } from './instance.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const OWN = ['overview', 'visits', 'realtime', 'transitions', 'vitals', 'sites', 'filtered'];
const ADMINISTRATION = ['sites', 'users', 'tokens', 'security', 'goals', 'segments', 'dimensions', 'reports', 'alerts'].map((one) => `admin/${one}`);
const SUPERUSERS = ['admin/privacy', 'admin/audit'];
const SERIOUS = ['serious', 'critical'];

/** The code that an authenticator shows now (RFC 6238). */
function oneTimeCode(secret) {
  const bits = [...secret.replace(/[\s=]/g, '')].map((one) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  return String((hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

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
    await page.getByRole('button', { name: 'Behaviour', exact: true }).click();
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

  test('names rows in German, and knows them by these names when they are asked about', async () => {
    const other = await browser.newContext({ locale: 'de-DE', viewport: { width: 1280, height: 800 } });
    await other.addInitScript((token) => sessionStorage.setItem('tidemark.token', token), TOKEN);
    const german = watch(await other.newPage());
    await go('/report/Referrers_Referrers/Referrers_WidgetGetAll?period=day&date=yesterday&widget=widgetReferrersgetReferrerType&view=table', german);
    const card = german.getByRole('region', { name: 'Art des Kanals', exact: true });
    const row = card.locator('tbody tr', { has: german.getByText('Direkter Zugriff', { exact: true }) });
    await row.waitFor();
    expect(await row.locator('td').first().innerText()).toMatch(/^12/);
    await card.getByRole('searchbox', { name: 'Suchen' }).fill('Kampagnen');
    await card.getByText('Nichts gefunden').waitFor();
    await card.getByRole('searchbox', { name: 'Suchen' }).fill('direkt');
    await row.waitFor();

    const evolution = german.waitForResponse((response) => response.request().postData()?.includes('getRowEvolution') ?? false);
    await row.getByRole('button', { name: 'Mehr zu Direkter Zugriff' }).click();
    await german.getByRole('menuitem', { name: 'Im Lauf der Zeit' }).click();
    const dialog = german.getByRole('dialog', { name: 'Direkter Zugriff' });
    await dialog.locator('canvas').waitFor();
    await dialog.getByRole('button', { name: 'Besuche', exact: true }).waitFor();
    const { reportData } = await (await evolution).json();
    expect(Object.values(reportData).at(-1)[0].nb_visits).toBe(12);
    await german.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });

    await row.getByRole('button', { name: 'Mehr zu Direkter Zugriff' }).click();
    await german.getByRole('menuitem', { name: 'Besuchsprotokoll davon' }).click();
    await german.waitForURL((url) => /^#\/visits\?.*segment=referrerType==direct/.test(decodeURIComponent(url.hash)));
    const visits = german.locator('article.visit', { hasText: 'Direkter Zugriff' });
    await visits.nth(9).waitFor();
    await german.getByRole('button', { name: 'Konto, Farben und Sprache' }).click();
    await german.getByRole('menuitemradio', { name: 'English' }).click();
    await german.locator('article.visit', { hasText: 'Direct Entry' }).nth(9).waitFor();
    await visits.first().waitFor({ state: 'detached' });
    await other.close();
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

  test('shows segments beside each other', async () => {
    const trigger = page.getByRole('button', { name: 'All visits', exact: true });
    await trigger.click();
    await page.getByRole('button', { name: 'Show Firefox beside it' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Do not compare Firefox' }).waitFor();
    await page.reload();
    await settled();
    const tile = page.locator('.tile', { hasText: 'Visits' }).first();
    await tile.getByText('12', { exact: true }).waitFor();
    await tile.locator('.rival', { hasText: '4' }).waitFor();
    await page.locator('.legend', { hasText: 'Firefox' }).waitFor();
    await go('/report/General_Actions/General_Pages?period=day&date=yesterday');
    const rows = page.locator('tbody tr');
    await rows.nth(0).getByText('/index').or(rows.nth(0).getByText('shoes')).waitFor();
    await rows.nth(1).getByText('Firefox').waitFor();
    expect(await rows.nth(1).locator('td').first().innerText()).toMatch(/^[04]/);
    // Firefox saw the first of three pages only: nothing of it is below the folder of the others.
    await page.getByRole('button', { name: 'Rows below shoes' }).click();
    await rowOf('/runner').waitFor();
    const below = page.locator('tbody tr', { has: page.getByText('/runner', { exact: true }) }).locator('xpath=following-sibling::tr[1]');
    await below.getByText('Firefox').waitFor();
    await rowOf('/index').getByRole('button', { name: /More about/ }).click();
    await page.getByRole('menuitem', { name: 'Over time' }).click();
    await page.getByRole('dialog').locator('.legend', { hasText: 'Firefox' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Pie', exact: true }).click();
    await page.getByRole('img', { name: /, Firefox$/ }).waitFor();
    expect(await page.locator('figure canvas').count()).toBe(2);
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await page.getByRole('button', { name: 'Do not compare Firefox' }).click();
    await page.locator('tr.beside').first().waitFor({ state: 'detached' });
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
    await guest.getByRole('link', { name: 'Übersicht', exact: true }).first().waitFor();
    await other.close();
  });

  test('tells the web vitals of pages and devices', async () => {
    const vitals = (lcp) => ({ wv_lcp: lcp, wv_inp: 90, wv_cls: '0.3', wv_fcp: 700, wv_ttfb: 100 });
    await instance.send(
      [2000, 2400, 4200].map((lcp, index) => ({ url: 'https://shop.example.org/vital', action_name: 'Vital', cid: `b1000000000000${index}0`, ...vitals(lcp) })),
    );
    await go('/vitals?period=day&date=today');
    const row = rowOf('/vital');
    await row.getByText('4.2s').waitFor();
    await row.getByText('Poor').first().waitFor({ state: 'attached' });
    await row.getByRole('button', { name: 'Rows below /vital' }).click();
    await page.locator('tr.below', { hasText: 'Desktop' }).getByText('4.2s').waitFor();
  });

  test('keeps an alert and a note', async () => {
    await go('/admin/alerts');
    await page.getByRole('button', { name: 'Add an alert' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Visits broke in');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Visits broke in').waitFor();
    await page.getByRole('button', { name: 'Edit Visits broke in' }).click();
    await dialog.getByLabel(/^Value/).fill('30');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/falls by more than \(percent\) 30/).waitFor();
    await go('/overview?period=day&date=yesterday');
    await page.getByRole('button', { name: 'Add a note' }).click();
    await dialog.getByLabel('Note', { exact: true }).fill('The sale began');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The sale began').waitFor();
  });

  test('sets up a second factor, and signs in with it', async () => {
    await go('/admin/security');
    await page.getByLabel('Password').fill(USER.password);
    await page.getByRole('button', { name: 'Set it up' }).click();
    await page.getByRole('img', { name: /The key as an image/ }).waitFor();
    const secret = (await page.locator('[data-secret]').innerText()).trim();
    await page.getByLabel(/^Code/).fill(oneTimeCode(secret));
    await page.getByRole('button', { name: 'Turn it on' }).click();
    const [recovery] = (await page.locator('[data-recovery]').innerText()).trim().split('\n');
    const other = await browser.newContext({ locale: 'en-GB' });
    const again = watch(await other.newPage());
    await again.goto(instance.address);
    await again.fill('[name=username]', USER.login);
    await again.fill('[name=password]', USER.password);
    await again.click('button.primary');
    await again.getByLabel(/^Code/).fill(recovery);
    await again.click('button.primary');
    await again.waitForFunction(() => document.title.startsWith('Overview'));
    await other.close();
  });

  test('does not let a hostile visit do harm', async () => {
    await instance.send([
      { url: HOSTILE.url, action_name: HOSTILE.title, urlref: HOSTILE.referrer, cid: 'b000000000000003' },
      { url: HOSTILE.url, e_c: HOSTILE.title, e_a: '"><b>', e_n: HOSTILE.title, cid: 'b000000000000003' },
      { url: HOSTILE.url, search: HOSTILE.title, cid: 'b000000000000003' },
      { url: HOSTILE.url, action_name: HOSTILE.title, wv_lcp: '2600', wv_cls: '0.02', cid: 'b000000000000003' },
    ]);
    const scope = 'period=day&date=today';
    for (const path of ['visits', 'realtime', 'report/General_Actions/Actions_SubmenuPageTitles', 'report/General_Actions/General_Pages', 'report/General_Actions/Events_Events', 'report/General_Actions/Actions_SubmenuSitesearch', 'report/Referrers_Referrers/Referrers_SubmenuWebsitesOnly', 'vitals', 'transitions', 'overview', 'sites', 'filtered']) {
      await go(`/${path}?${scope}`);
      expect([path, await isWide(page)]).toEqual([path, 0]);
    }
    await go(`/report/General_Actions/Actions_SubmenuPageTitles?${scope}`);
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
    await go('/report/General_Actions/General_Pages?limit=10000&widget=widgetActionsgetPageUrls');
    await page.getByText('/page/0', { exact: true }).waitFor();
    await page.waitForFunction(() => document.querySelector('.tall'));
    expect(await page.locator('tbody tr').count()).toBeLessThan(120);
    await page.locator('.tall').evaluate((one) => one.scrollTo(0, one.scrollHeight));
    await page.getByText('/page/9999', { exact: true }).waitFor();
    await page.unroute('**/index.php');
  });

  test('is accessible on every page, light and dark', { timeout: 600_000 }, async () => {
    const pages = await instance.call('API.getReportPagesMetadata', { idSite: 1 });
    const reports = pages.filter(isInMenu).map(({ category, subcategory }) => `report/${encodeURIComponent(category.id)}/${encodeURIComponent(subcategory.id)}`);
    const serious = async (page, options) => {
      const { violations } = await page.evaluate((chosen) => window.axe.run({ resultTypes: ['violations'], ...chosen }), options);
      return violations.filter((one) => SERIOUS.includes(one.impact)).map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ''}`).slice(0, 3)}`);
    };
    // Two pages of the administration are the superuser's.
    const superuser = watch(await (await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })).newPage());
    await superuser.addInitScript((token) => sessionStorage.setItem('tidemark.token', token), TOKEN);
    const seen = [...[...OWN, ...ADMINISTRATION, ...reports].map((path) => [path, page]), ...SUPERUSERS.map((path) => [path, superuser])];
    for (const [path, page] of seen) {
      await go(`/${path}?period=day&date=yesterday`, page);
      await page.evaluate(AXE);
      for (const [colorScheme, options] of [['light', {}], ['dark', { runOnly: ['color-contrast'] }]]) {
        await page.emulateMedia({ colorScheme });
        expect([path, colorScheme, await serious(page, options)]).toEqual([path, colorScheme, []]);
      }
    }
    await page.emulateMedia({ colorScheme: null });
    await superuser.context().close();
  });

  test('fits a phone, and is worked by the keyboard', async () => {
    const phone = watch(await context.newPage());
    await phone.setViewportSize({ width: 390, height: 844 });
    for (const path of ['overview', 'report/General_Actions/General_Pages', 'visits', 'admin/sites']) {
      await go(`/${path}?period=day&date=yesterday`, phone);
      expect([path, await isWide(phone)]).toEqual([path, 0]);
    }
    // The navigation closes when another page comes.
    await phone.getByRole('heading', { name: 'Websites', level: 1 }).waitFor();
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
